"""What every room needs and none owns: files, journals, progress, HTTP, pages, versioned JSON, databases."""

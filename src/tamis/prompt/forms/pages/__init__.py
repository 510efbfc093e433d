"""Pages: HTML read as Markdown, of which what is no content goes."""

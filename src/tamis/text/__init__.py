"""Text without models: lossless partitions, alignment, token counting, protection."""

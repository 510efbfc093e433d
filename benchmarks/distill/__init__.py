"""A distillation that is killed."""

"""The networks of `tamis.models.lines`: which lines of tool output a task points to."""

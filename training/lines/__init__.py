"""The weights of `tamis.prompt.methods.auto.lines`: which lines of tool output a task points to."""

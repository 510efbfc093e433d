"""Everything that is not a Python call: the command line, and the files that it reads and writes."""

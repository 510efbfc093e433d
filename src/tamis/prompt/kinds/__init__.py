"""What kind of text it is: prose, a log, a diff, JSON, ...; of a whole text, or of the parts of a mixed one."""

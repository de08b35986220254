"""One command a file; each calls a use-case."""

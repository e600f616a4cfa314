"""The only files that know a database."""

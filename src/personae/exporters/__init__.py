"""Cast to file."""

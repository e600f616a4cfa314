"""What every database has in common: its address, its columns, and the words for its refusals."""

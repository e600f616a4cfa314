"""What the columns of a table hold, decided from all of their values."""

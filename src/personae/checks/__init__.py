"""Judge a clustering."""

"""One verb per file, in the order they run."""

"""Plain English: names made readable, numbers put into words, and numbers found in words."""

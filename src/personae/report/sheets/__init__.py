"""Tables for readers: one file makes one sheet of a cast."""

"""What a report says, section by section, as values: every exporter that makes a document draws the same ones."""

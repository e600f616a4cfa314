"""Space to Clustering."""

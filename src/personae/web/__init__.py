"""HTTP: a run placed behind a few routes, and the walls around them."""

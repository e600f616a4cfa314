"""Questions as values: in go nouns, out come Ibis expressions; no connection."""

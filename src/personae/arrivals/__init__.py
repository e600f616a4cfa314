"""Socket: where those who arrive are listened for: `takes(source)`, `listen(sources, to, current, tell, stop, *, once)`."""

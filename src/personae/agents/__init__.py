"""What an agent may ask of a run: read-only, bounded, and without ids unless it is allowed."""

"""Bring data in: read(engine, location, study) -> tables of text, every row accounted for."""

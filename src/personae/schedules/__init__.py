"""Schedules for other programs: each file writes the text that one of them reads."""

"""Cuts on one line of numbers: where a measure falls apart, where it tells an outcome apart, and round numbers for both."""

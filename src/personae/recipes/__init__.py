"""Measures of a user made from a log, one file a recipe, in SQL and in numpy."""

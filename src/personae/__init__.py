"""Personas from raw behaviour."""

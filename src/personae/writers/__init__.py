"""Profiles to words, each sentence citing its facts."""

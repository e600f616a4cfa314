"""The nouns: frozen values that stages pass to each other."""

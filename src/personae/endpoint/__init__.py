"""A language model behind an address: which one, what is sent to it, what came back. Loaded only where it is asked for."""

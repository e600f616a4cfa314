"""What could be done for a persona: a library of actions, and the evidence that calls for them."""

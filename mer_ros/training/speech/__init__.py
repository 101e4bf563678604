"""Training of the built-in speech model."""

"""Training of the built-in text model."""

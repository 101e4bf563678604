"""Training of the built-in models; nothing else of the package imports this at start."""

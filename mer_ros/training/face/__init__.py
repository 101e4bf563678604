"""Training of the built-in face model and of the frame selector."""

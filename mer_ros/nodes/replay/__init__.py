"""The node that publishes a bag."""

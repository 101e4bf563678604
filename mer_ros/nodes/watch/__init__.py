"""Nodes that only listen to the perceived emotions."""

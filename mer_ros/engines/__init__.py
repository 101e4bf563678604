"""Stamped plain data in, stamped plain data out; nodes, replay and evaluation drive them."""

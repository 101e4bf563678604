"""Uncertainty-based learning: which samples to ask labels for."""

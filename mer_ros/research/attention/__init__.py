"""Learnable attention fusion (Joshi and Khare)."""

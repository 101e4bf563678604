"""The weights that ship, and the published ones: list, download, verify."""

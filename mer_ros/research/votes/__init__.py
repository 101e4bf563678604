"""The votes of the raters of CREMA-D: fusion of people instead of models."""

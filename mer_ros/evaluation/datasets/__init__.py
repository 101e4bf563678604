"""Labelled inputs: the known data sets, and manifests of the user."""

"""Metrics, data sets, manifests and reports: how well the models and their fusion do."""

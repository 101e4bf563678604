"""Accuracy, calibration, selective prediction, and intervals for them."""

"""Classifiers of face crops, run by onnxruntime."""

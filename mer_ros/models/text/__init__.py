"""Classifiers of text, run by onnxruntime."""

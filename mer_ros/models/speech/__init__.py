"""Classifiers of speech, run by onnxruntime."""

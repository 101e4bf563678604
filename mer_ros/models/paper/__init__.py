"""The backbones of the first paper, and their export to ONNX."""

"""The audio-visual corpora of the multimodal paper, and its tables."""

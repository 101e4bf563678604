"""From sensor data to what a model judges: face crops, utterances, and media files as streams."""

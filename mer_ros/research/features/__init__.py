"""Features of several modalities, gathered and judged: what the nodes of features share."""

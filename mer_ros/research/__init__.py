"""One package a paper or study: net, data, training, evaluation and report side by side."""

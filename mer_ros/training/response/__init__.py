"""Fine-tuning of the models that write replies."""

"""Models from the hub or a folder: loading, tokenizing, fine-tuning, predicting."""

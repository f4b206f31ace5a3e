"""Masked language models: training a small multilingual one from text per language."""

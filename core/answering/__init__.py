"""Extractive question answering across languages: spans, ranks, scores, self-distillation."""

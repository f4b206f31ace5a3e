"""Scores of predictions, their gaps and their uncertainty (numpy only)."""

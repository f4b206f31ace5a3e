"""Runs on disk: the only interface between the engine and the dashboard. No torch here."""

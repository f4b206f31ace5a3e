"""The engine: from texts and a multilingual model to a run on disk."""

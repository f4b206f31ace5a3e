"""Words with tags: parts of speech (Universal Dependencies) and entity names (WikiANN)."""

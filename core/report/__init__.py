"""A static report about runs: one web page that opens without a network."""

"""Which languages teach: the vote, the confidences and the strategies (numpy only)."""

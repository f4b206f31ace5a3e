"""Questions, contexts and answers, the same in several languages, and where they come from."""

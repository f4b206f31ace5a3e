"""Work: what each kind of run does, and who does it. Loads torch only when a model is needed."""

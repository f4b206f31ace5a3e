"""What a run will cost, before it begins: encodings, FLOPs, memory, time."""

"""Cross-lingual self-distillation: pairs, losses, targets, the loop, the collapse watch."""

"""Cross-lingual self-distillation: pairs, losses, targets, the training loop, the collapse watch."""

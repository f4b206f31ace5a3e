"""Self-distillation for cross-lingual QA (Carrino et al. 2023): its tables, recomputed."""

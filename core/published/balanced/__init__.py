"""Balanced distillation (Limisiewicz et al. 2022): its tables, recomputed."""

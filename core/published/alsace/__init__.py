"""ALSACE (Zhao et al. 2024): its tables, how they follow from one another, and where not."""

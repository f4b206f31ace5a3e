"""Datasets: one file per benchmark, all loaded into a ParallelDataset."""

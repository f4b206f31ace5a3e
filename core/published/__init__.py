"""The papers' own tables, as data to compare with."""

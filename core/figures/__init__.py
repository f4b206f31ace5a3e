"""Pure functions from typed results to Altair charts, for the screen and for paper."""

"""The error pages, in French."""

"""Measurements of the running product: `gijido bench …`. Figures go to docs/performance.md."""

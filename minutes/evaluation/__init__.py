"""Measures offline what the product does, on meetings whose words are known."""

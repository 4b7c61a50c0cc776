"""Doors to people: one module for each noun."""

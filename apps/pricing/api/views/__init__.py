"""Doors to prices."""

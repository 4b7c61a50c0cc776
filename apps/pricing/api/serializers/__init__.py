"""Shapes of prices."""

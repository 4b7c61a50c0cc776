"""The price estimator: its parts, its promises, and its measurement."""

"""The apps of Mendery; pyproject.toml holds the one direction in which they may import each other."""

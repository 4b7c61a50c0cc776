"""The tests of Mendery; see docs/development.md for how they are arranged."""

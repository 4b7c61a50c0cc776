"""The HTTP interface to branches, items and stock."""

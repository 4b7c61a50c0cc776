"""The HTTP interface to the catalogue."""

"""The HTTP interface to repair orders."""

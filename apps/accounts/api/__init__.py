"""The HTTP interface to sessions and customers."""

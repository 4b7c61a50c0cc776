"""The HTTP interface to prices."""

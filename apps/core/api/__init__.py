"""The habits of the HTTP interface: one parser, one envelope, one error form, one way to page, one way to repeat safely."""

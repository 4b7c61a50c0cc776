"""Django's PostgreSQL backend, with kept connections that are checked when they have rested."""

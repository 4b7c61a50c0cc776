"""A small believable shop to try Mendery with; production refuses it."""

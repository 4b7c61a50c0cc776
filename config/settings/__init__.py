"""One module per way to run: local (embedded), production, test; base holds what they share."""

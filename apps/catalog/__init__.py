"""What can be repaired and with what: brands, device models, repair types and part types."""

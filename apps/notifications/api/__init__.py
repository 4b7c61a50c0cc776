"""The doors of messages."""

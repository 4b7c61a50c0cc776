"""A test-only app with a subscriber whose effects can be counted: what happens twice shows as two rows."""

"""The door of the reports."""

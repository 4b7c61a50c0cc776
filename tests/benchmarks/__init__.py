"""Benchmarks: commands, never part of the test suite. `make bench` runs them."""

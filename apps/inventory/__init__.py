"""Where parts are: branches and their staff, items, and stock whose every number is the sum of its movements."""

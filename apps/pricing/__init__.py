"""What a repair costs: the price list, its validity and its history."""

"""What people are told outside the pages: messages made from events, and sent once, by whoever is awake to send them."""

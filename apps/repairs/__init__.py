"""The repair itself: orders from intake to hand-over, their lines, statuses, notes and payments."""

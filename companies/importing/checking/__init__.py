"""What would become of each row, with all its faults, and how many at once are put right."""

"""What is being written and was not sent yet. Knows people and places by name alone, not what a place is."""

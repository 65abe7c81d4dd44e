"""What a fitted model holds and answers."""

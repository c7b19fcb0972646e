"""The officers' room: cards, orders by button and by word, and what is asked back."""

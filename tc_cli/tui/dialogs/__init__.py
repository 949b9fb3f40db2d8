"""What stands before a screen and asks one thing; each dismisses its answer."""

"""Text as a terminal must be given it: directions, wrapping, emoji."""

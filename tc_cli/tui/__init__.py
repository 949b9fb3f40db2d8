"""The full-screen terminal UI: where staff spends the day."""

"""The client: profile, HTTP and stream. It draws nothing and asks nothing; commands and the TUI stand on it."""

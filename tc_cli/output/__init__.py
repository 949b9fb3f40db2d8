"""What reaches the eye or the next program: data on stdout, talk on stderr, an exit code at the end."""

"""What `tc demo` plays, and the stage it plays on: a real server, real links, invented people."""

"""What crosses the wire: bodies, frames and error codes, shared by the server and `tc`."""

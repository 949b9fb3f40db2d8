"""HTTP and WebSocket: requests and frames in, views out; every read and write goes through a service."""

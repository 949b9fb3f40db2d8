"""The echo of the device test: a program of its own, which sends back what it hears, so that it can't slow the server.

The server starts it as `python -m tc_server.echo` and imports nothing of it; it imports nothing of the server.
"""

"""`tc`, the program in staff's terminal: a client of the server that knows it by its wire alone."""

__version__ = "0.1.0"

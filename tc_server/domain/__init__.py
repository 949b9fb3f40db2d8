"""The rules: who may do what, when, and what follows. No I/O, no clock, no asyncio."""

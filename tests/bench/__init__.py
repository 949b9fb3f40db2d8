"""What is measured, each next to a raw baseline in the same run: `python -m tests.bench [NAME…]`."""

"""Run `tc` as `python -m tc_cli`, where its script isn't on the path."""

from tc_cli.main import run

if __name__ == "__main__":
    run()

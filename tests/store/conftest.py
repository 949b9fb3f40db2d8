"""The store is tested on every kind of database."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the databases."""
    config.pluginmanager.import_plugin("tests.databases")

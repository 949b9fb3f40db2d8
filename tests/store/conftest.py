"""The store is tested on every kind of database."""

import pytest

from tests import databases


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the databases."""
    databases.bring_in(config)

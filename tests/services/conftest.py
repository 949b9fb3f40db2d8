"""Use cases are tested on every kind of database."""

from collections.abc import AsyncIterator

import pytest

from tc_server.domain.people import Staff
from tests import databases
from tests.databases import Database
from tests.services.clinic import Clinic, Clock, open_clinic


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the databases."""
    databases.bring_in(config)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of every server in the test."""
    return Clock()


@pytest.fixture
async def clinic(database: Database, clock: Clock) -> AsyncIterator[Clinic]:
    """Return a server on this test's database."""
    async with open_clinic(database, clock) as clinic:
        yield clinic


@pytest.fixture
async def elsewhere(database: Database, clock: Clock, clinic: Clinic) -> AsyncIterator[Clinic]:
    """Return a second server on the same database."""
    async with open_clinic(database, clock) as clinic:
        yield clinic


@pytest.fixture
async def lena(clinic: Clinic) -> Staff:
    """Return a member of staff."""
    return await clinic.hire("Lena")

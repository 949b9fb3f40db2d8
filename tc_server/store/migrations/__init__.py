"""Numbered migrations, run at start; Alembic is loaded only when there is something to do."""

from pathlib import Path

import sqlalchemy as sa

_FOLDER = Path(__file__).parent
_LOCK = int.from_bytes(b"teleconn") >> 1


class UnknownRevision(Exception):
    """The database is at a revision that isn't known here, or can't be brought on from it; the message says why."""


def newest() -> str:
    """Name the newest revision: the number that its file begins with."""
    return max(path.name.split("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def current(connection: sa.Connection) -> str | None:
    """Name the revision that a database is at; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(connection: sa.Connection) -> None:
    """Bring a database to the newest revision; servers that start together take turns. Raises UnknownRevision."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if current(connection) == newest():
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise UnknownRevision(str(fault)) from fault

"""Rows to begin with: an account, sessions with their keys, people in them."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from tc_server.domain.chat import Sender
from tc_server.domain.people import Account, Participant
from tc_server.domain.session import Session, State
from tc_server.store import accounts, people, sessions
from tc_server.store.engine import Store
from tests.domain import made
from tests.domain.made import NOON, at

STAFF = Sender("owner", "staff", "Lena")
GUEST = Sender("p1", "service-user", "Amina")


async def add_account(store: Store, name: str = "owner", **facts: Any) -> Account:
    """Add an account whose id is its name."""
    account = Account(name, name, facts.pop("role", "staff"), NOON, **facts)
    async with store.write() as tx:
        await accounts.insert(tx, account, "hash of " + name)
    return account


async def add_session(store: Store, name: str = "", state: State = State.ACTIVE, **facts: Any) -> Session:
    """Add a session with its key; its account `owner` is made at need."""
    session = made.session(state, name or str(uuid4()), **facts)
    async with store.read() as tx:
        known = await accounts.get(tx, session.owner_id)
    if known is None:
        await add_account(store)
    async with store.write() as tx:
        await sessions.insert(tx, session, at(0))
        await tx.vault.create(tx.conn, session.session_id)
    return session


async def add_person(store: Store, session: Session, name: str = "p1", **facts: Any) -> Participant:
    """Add somebody to a session; their id is their name."""
    person = replace(made.person(name, **facts), session_id=session.session_id)
    async with store.write() as tx:
        await people.insert(tx, person)
    return person

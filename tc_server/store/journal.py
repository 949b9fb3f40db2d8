"""The one writer of what people say: all that came in during the last commit goes into the next one together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from tc_server.domain.chat import Entry, FileInfo, Sender, require_writable
from tc_server.domain.errors import ClientIdTaken, Erased, Refused
from tc_server.domain.session import LIVE, Session, State
from tc_server.store import files, messages, people, sessions
from tc_server.store.engine import Store, Tx
from tc_server.store.tables import messages as messages_table

_BATCH = 500


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What somebody wants to say: a text, or a file that lies in the store already."""

    session_id: str
    sender: Sender
    client_id: str
    sent_at: datetime
    text: str | None = None
    file: FileInfo | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.session_id, self.client_id, self.sender.id


@dataclass(frozen=True, slots=True)
class Said:
    """A durable entry of one of an account's sessions, whether it was there already, and whether it moved the queue."""

    entry: Entry
    owner_id: str
    repeated: bool = False
    queue_changed: bool = False


class Journal:
    """Writes drafts in groups; each has its own outcome. `after_commit` hears of what is new, once it is durable."""

    def __init__(self, store: Store, after_commit: Callable[[list[Said]], None]) -> None:
        self._store = store
        self._after_commit = after_commit
        self._queue: asyncio.Queue[tuple[Draft, asyncio.Future[Said]]] = asyncio.Queue()

    def submit(self, draft: Draft) -> asyncio.Future[Said]:
        """Hand in a draft; drafts of one session get their `seq` in the order in which they are handed in.

        The future ends when the entry is durable, or with the Refused that says why it isn't.
        """
        future: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((draft, future))
        return future

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < _BATCH:
                batch.append(self._queue.get_nowait())
            await self._write(batch)

    async def _write(self, batch: list[tuple[Draft, "asyncio.Future[Said]"]]) -> None:
        drafts = [draft for draft, _ in batch]
        try:
            outcomes = await self._commit(drafts)
        except Refused as fault:
            outcomes = [fault] * len(batch)
        except BaseException as fault:
            for _, future in batch:
                if not future.done():
                    future.set_exception(fault)
            raise
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue
            if isinstance(outcome, Refused):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        self._after_commit([o for o in outcomes if isinstance(o, Said) and not o.repeated])

    async def _commit(self, drafts: Sequence[Draft]) -> list[Said | Refused]:
        # Repeats are rare: they are only looked for when the database has refused the batch for one.
        try:
            async with self._store.write() as tx:
                return await _append(tx, drafts, {})
        except sa.exc.IntegrityError:
            async with self._store.write() as tx:
                await sessions.lock_many(tx, {draft.session_id for draft in drafts})
                known = await messages.by_client_ids(tx, [draft.key for draft in drafts])
                return await _append(tx, drafts, known)


async def _append(tx: Tx, drafts: Sequence[Draft], known: dict[tuple[str, str, str], Entry]) -> list[Said | Refused]:
    locked = await sessions.lock_many(tx, {draft.session_id for draft in drafts})
    # What was said before the end can be said again after it: its sender may have missed the answer.
    too_late = [d.key for d in drafts if d.session_id in locked and locked[d.session_id].state not in LIVE]
    if too_late:
        known = {**known, **await messages.by_client_ids(tx, too_late)}
    writing = {session_id: _Writing(session) for session_id, session in locked.items()}
    outcomes: list[Said | Refused] = []
    written: list[Entry] = []
    for draft in drafts:
        try:
            said = _say(draft, writing.get(draft.session_id), known)
        except Refused as refused:
            outcomes.append(refused)
            continue
        outcomes.append(said)
        if not said.repeated:
            known[draft.key] = said.entry
            written.append(said.entry)
    await _save(tx, written, [w.saved() for w in writing.values() if w.last_seq > w.session.last_seq])
    return outcomes


class _Writing:
    """What messages move in a session, while a batch is written."""

    __slots__ = ("last_activity_at", "last_seq", "session", "waiting_since")

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last_seq = session.last_seq
        self.last_activity_at = session.last_activity_at
        self.waiting_since = session.waiting_since

    def take(self, entry: Entry) -> bool:
        """Move on by an entry; tell whether the queue has changed by it."""
        self.last_seq = entry.seq
        self.last_activity_at = max(self.last_activity_at, entry.sent_at)
        before = self.waiting_since
        if self.session.state is State.OPEN:
            by_staff = entry.sender is not None and entry.sender.role == "staff"
            self.waiting_since = None if by_staff else before or entry.sent_at
        return self.waiting_since != before

    def saved(self) -> Session:
        """Give the session as it is after the batch."""
        return replace(
            self.session,
            last_seq=self.last_seq,
            last_activity_at=self.last_activity_at,
            warned_at=None,
            waiting_since=self.waiting_since,
        )


def _say(draft: Draft, writing: _Writing | None, known: dict[tuple[str, str, str], Entry]) -> Said:
    if writing is None:
        raise Erased
    owner_id = writing.session.owner_id
    if earlier := known.get(draft.key):
        if (earlier.file is None) != (draft.file is None):
            raise ClientIdTaken
        return Said(earlier, owner_id, repeated=True)
    require_writable(writing.session)
    entry = Entry(
        session_id=draft.session_id,
        seq=writing.last_seq + 1,
        kind="file" if draft.file else "text",
        sender=draft.sender,
        sent_at=draft.sent_at,
        client_id=draft.client_id,
        text=draft.text,
        file=draft.file,
    )
    return Said(entry, owner_id, queue_changed=writing.take(entry))


async def _save(tx: Tx, written: list[Entry], changed: list[Session]) -> None:
    if not written:
        return
    keys = await tx.keys(session.session_id for session in changed)
    await tx.conn.execute(
        sa.insert(messages_table), [messages.to_row(entry, keys[entry.session_id]) for entry in written]
    )
    await sessions.save_after_writing(tx, changed)
    waiting = {session.session_id for session in changed if session.state is State.WAITING}
    writers = {e.sender.id for e in written if e.session_id in waiting and e.sender and e.sender.role != "staff"}
    if writers:
        await people.note_writing(tx, writers)
    for entry in written:
        if entry.file:
            await files.set_present(tx, entry.file.file_id, entry.seq)

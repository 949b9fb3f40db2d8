"""What staff has typed or chosen and the server doesn't have yet: in order, on disk, until it is acknowledged."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tc_cli.client.calls import new_client_id
from tc_cli.client.drawer import Drawer
from tc_cli.client.drawer import Unsent as Kept
from tc_cli.client.stream import Stream
from tc_cli.tui.board import Board, Change, Topic, Unsent
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed.errands import Errands
from tc_cli.tui.threads import in_thread

SAVE_AFTER = 0.4
TRY_AGAIN = 5.0


class Line:
    """Words go by the stream, files by HTTP; each stays in the line, and sealed on disk, until the server has it."""

    def __init__(
        self,
        board: Board,
        stream: Stream,
        errands: Errands,
        tell: Callable[[Change], None],
        now: Callable[[], datetime],
    ) -> None:
        self._board = board
        self._stream = stream
        self._errands = errands
        self._tell = tell
        self._now = now
        self._drawer: Drawer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._saving: asyncio.TimerHandle | None = None
        self._online = asyncio.Event()

    async def open(self, server: str, user: str) -> None:
        """Take up what an earlier run has left; what was typed before this was done joins it."""
        drawer = await in_thread(lambda: Drawer.open(server, user))
        early, self._drawer = self._board.line, drawer
        self._board.line = {}
        for session_id, session in drawer.sessions().items():
            if session is not None:
                self._board.sessions.setdefault(session_id, session)
            for kept in drawer.unsent(session_id):
                self._board.queued(Unsent(kept.client_id, session_id, kept.text, kept.path, kept.at, kept.refused))
                if not kept.refused:
                    self._send(kept.client_id, session_id, kept.text, kept.path)
        for waiting in early.values():
            for unsent in waiting:
                self._keep(unsent)
        self._tell(Change(Topic.LINE))

    def online(self, online: bool) -> None:
        """Take how the link stands: files wait for it."""
        if online:
            self._online.set()
        else:
            self._online.clear()

    def put(self, session_id: str, text: str = "", path: Path | None = None) -> None:
        """Queue words or a file, and send as soon as it can be."""
        unsent = Unsent(new_client_id(), session_id, text, path, self._now())
        self._keep(unsent)
        self._send(unsent.client_id, session_id, text, path)

    def arrived(self, session_id: str, client_id: str) -> None:
        """Take out what the server has."""
        if self._board.unqueued(session_id, client_id) is not None:
            self._took(session_id, client_id)

    def refused(self, session_id: str, client_id: str, why: str) -> None:
        """Keep what the server refuses, marked, for staff to change or drop."""
        self._mark(session_id, client_id, why)
        self._tell(Change(Topic.LINE, session_id))

    def drop(self, session_id: str, client_id: str) -> None:
        """Take something back before it is sent."""
        self._stream.conversation.unsay(client_id)
        if self._board.unqueued(session_id, client_id) is not None:
            self._took(session_id, client_id)

    def again(self, session_id: str, client_id: str) -> None:
        """Try once more what was refused."""
        for unsent in self._board.line.get(session_id, []):
            if unsent.client_id == client_id and unsent.refused:
                self._mark(session_id, client_id, None)
                self._send(client_id, session_id, unsent.text, unsent.path)
        self._tell(Change(Topic.LINE, session_id))

    def draft(self, session_id: str) -> str:
        return self._drawer.draft(session_id) if self._drawer else ""

    def keep_draft(self, session_id: str, text: str) -> None:
        if self._drawer is not None and self._drawer.draft(session_id) != text:
            self._know(self._drawer, session_id)
            self._drawer.keep_draft(session_id, text)
            self._save_soon()

    def forget(self, session_id: str) -> None:
        """Drop what is kept for a session that is gone."""
        for unsent in self._board.line.get(session_id, []):
            self._stream.conversation.unsay(unsent.client_id)
        if self._drawer is not None:
            self._drawer.forget(session_id)
            self._save_soon()

    def kept_sessions(self) -> set[str]:
        """Return the sessions that something is kept for."""
        return set(self._drawer.sessions()) if self._drawer else set()

    def close(self) -> None:
        """Write what isn't written yet."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
            if self._drawer is not None:
                self._drawer.save()

    def _keep(self, unsent: Unsent) -> None:
        self._board.queued(unsent)
        if self._drawer is not None:
            self._know(self._drawer, unsent.session_id)
            self._drawer.put(_kept(unsent))
            self._save_soon()
        self._tell(Change(Topic.LINE, unsent.session_id))

    def _mark(self, session_id: str, client_id: str, refused: str | None) -> None:
        self._board.refused(session_id, client_id, refused)
        if self._drawer is not None:
            for unsent in self._board.line.get(session_id, []):
                if unsent.client_id == client_id:
                    self._drawer.put(_kept(unsent))
            self._save_soon()

    def _know(self, drawer: Drawer, session_id: str) -> None:
        if (session := self._board.sessions.get(session_id)) is not None:
            drawer.know(session)

    def _took(self, session_id: str, client_id: str) -> None:
        if self._drawer is not None:
            self._drawer.take(session_id, client_id)
            self._save_soon()
        self._tell(Change(Topic.LINE, session_id))

    def _send(self, client_id: str, session_id: str, text: str, path: Path | None) -> None:
        if path is None:
            self._stream.say(session_id, text, client_id)
            return
        task = asyncio.create_task(self._upload(client_id, session_id, path), name="upload")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _upload(self, client_id: str, session_id: str, path: Path) -> None:
        while any(one.client_id == client_id for one in self._board.line.get(session_id, [])):
            await self._online.wait()
            try:
                await self._errands.upload(session_id, client_id, path)
            except Trouble as trouble:
                if trouble.code != "unreachable":
                    self.refused(session_id, client_id, f"{trouble.what}. {trouble.remedy}")
                    return
                await asyncio.sleep(TRY_AGAIN)
                continue
            if session_id not in self._board.logs:
                self.arrived(session_id, client_id)
            return

    def _save_soon(self) -> None:
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AFTER, self._save)

    def _save(self) -> None:
        self._saving = None
        if self._drawer is not None:
            task = asyncio.create_task(in_thread(self._drawer.save), name="save")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def _kept(unsent: Unsent) -> Kept:
    return Kept(
        client_id=unsent.client_id,
        session_id=unsent.session_id,
        text=unsent.text,
        path=unsent.path,
        at=unsent.at,
        refused=unsent.refused,
    )

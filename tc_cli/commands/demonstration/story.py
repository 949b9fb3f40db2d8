"""The whole main job, played by itself: invite, join, ring, chat, files, close, transcript, erasure. A line a step."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import asyncio
import sys
import tempfile
from pathlib import Path

from tc_cli.client import calls, uploads
from tc_cli.client.api import Api
from tc_cli.client.conversation import Arrived, Event, Online
from tc_cli.client.errors import Refused
from tc_cli.client.profile import Access
from tc_cli.client.ring import Ring
from tc_cli.client.stream import Stream
from tc_cli.commands import transcripts
from tc_cli.commands.demonstration import props
from tc_cli.commands.demonstration.cast import Player
from tc_cli.commands.demonstration.stage import DemoFailed, Stage
from tc_cli.output import diagnostics, words
from tc_server.wire import frames as f
from tc_server.wire.bodies import ErasedSession, Invite, InviteRequest, Joined

PERSON = "Amal"
RETENTION = 4
ERASURE = 90.0
HELLO = "Hello, is somebody there? I have a rash on my arm."
ANSWER = "Hello Amal, I am here. Could you send me a photo of it?"


def play() -> None:
    """Play the story; raise DemoFailed at the first step that doesn't go as it should."""
    diagnostics.note("Starting a server in a temporary folder…")
    stage = Stage(TC_CLOSED_RETENTION=f"{RETENTION}s")
    with stage as access:
        asyncio.run(_Story(access, stage.path).play())


class _Story:
    def __init__(self, access: Access, folder: Path) -> None:
        self._access = access
        self._folder = folder

    async def play(self) -> None:
        async with Stream(self._access) as stream:
            staff = Player("staff", self._access, stream)
            await staff.hears("the server's greeting", lambda event: isinstance(event, Online))
            invite = await self._invite(staff)
            joined = await self._join(invite)
            guest_access = Access(self._access.server, joined.participant_token)
            async with Stream(guest_access, decode=f.decode_participant_frame) as guest_stream:
                guest = Player(PERSON, guest_access, guest_stream)
                await self._meet(staff, guest, invite.session_id)
                await self._exchange(staff, guest, invite.session_id)
                await self._close(staff, guest, invite.session_id)
            await self._erase(staff, invite.session_id)

    async def _invite(self, staff: Player) -> Invite:
        invite = await staff.do(calls.invite(InviteRequest(name=PERSON, via="link")))
        _step("invite", f"{PERSON}, by a link: {invite.url}")
        return invite

    async def _join(self, invite: Invite) -> Joined:
        token = invite.url.partition("#")[2]
        with Api(Access(self._access.server)) as api:
            joined = await asyncio.to_thread(api.do, calls.join(token))
        _expect(joined.state == "waiting", f"{PERSON} should wait, but the session is {joined.state}")
        _step("join", f"{PERSON} opens the link, accepts the terms and presses Join")
        return joined

    async def _meet(self, staff: Player, guest: Player, session_id: str) -> None:
        greeted = await guest.hears("the waiting room", lambda event: isinstance(event, Online))
        guest.stream.follow(session_id)
        staff.stream.follow(session_id)
        _step("waiting", f"{PERSON} is in the waiting room, place {_place(greeted)}")
        ring = Ring()
        await staff.hears("the ring", lambda event: isinstance(event, f.QueueFrame) and _rings(ring, event))
        _step("ring", f"staff hears that {PERSON} is there")
        started = await staff.do(calls.start_next())
        _expect(started.session_id == session_id and started.state == "active", "the wrong session was started")
        _step("start", f"staff starts with {started.name}, who has waited longest")

    async def _exchange(self, staff: Player, guest: Player, session_id: str) -> None:
        guest.stream.say(session_id, HELLO)
        await staff.reads(HELLO)
        _step("chat", f"{PERSON}: {HELLO}")
        staff.stream.say(session_id, ANSWER)
        await guest.reads(ANSWER)
        _step("chat", f"staff: {ANSWER}")
        await self._pass_file(guest, staff, session_id, props.photo(self._folder))
        await self._pass_file(staff, guest, session_id, props.leaflet(self._folder))

    async def _pass_file(self, giver: Player, taker: Player, session_id: str, path: Path) -> None:
        upload = uploads.prepare(path)
        await giver.do(calls.put_file(session_id, calls.new_client_id(), upload))
        message = (await taker.gets_file(upload.name)).message
        assert message.file is not None
        content = await taker.do(calls.get_file(session_id, message.file.file_id))
        _expect(bool(content) and b"Exif" not in content, f"{upload.name} still says where it was taken")
        sizes = f"{words.size(upload.original)}, {words.size(len(content))} as sent"
        _step("file", f"{giver.name} sends {upload.name} ({sizes}), without place or camera")

    async def _close(self, staff: Player, guest: Player, session_id: str) -> None:
        closed = await staff.do(calls.move(session_id, "close"))
        out = _transcript_path()
        written = await asyncio.to_thread(self._write_transcript, session_id, out)
        await guest.hears("the end", _is_closed)
        _step("close", f"the session is {closed.state}; {PERSON} sees that it has ended")
        _step("transcript", f"{written} messages in {out}")

    def _write_transcript(self, session_id: str, out: Path) -> int:
        with Api(self._access) as api:
            return transcripts.write(api, session_id, out).messages

    async def _erase(self, staff: Player, session_id: str) -> None:
        await staff.hears("the erasure", lambda e: isinstance(e, f.Erased) and e.session_id == session_id, ERASURE)
        try:
            await staff.do(calls.messages(session_id))
        except Refused as refused:
            _expect(refused.problem.status == 410, f"the server answered {refused.problem.status} instead of 410")
        else:
            raise DemoFailed("The messages are still there")
        left = await staff.do(calls.show_session(session_id))
        if not isinstance(left, ErasedSession):
            raise DemoFailed(f"The session is {left.state}, not erased")
        _step("erase", f"{RETENTION} s later nothing is left but the receipt {left.receipt[:24]}…")


def _step(name: str, what: str) -> None:
    sys.stdout.write(f"{name:<11}{words.plain(what)}\n")
    sys.stdout.flush()


def _expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise DemoFailed(f"{otherwise[0].upper()}{otherwise[1:]}")


def _rings(ring: Ring, frame: f.QueueFrame) -> bool:
    return any(entry.name == PERSON for entry in ring.update(frame.entries, 0.0)) and ring.due(0.0)


def _place(event: Event) -> int | None:
    if isinstance(event, Online) and isinstance(event.hello, f.ParticipantHello):
        return event.hello.sessions[0].place
    return None


def _is_closed(event: Event) -> bool:
    if isinstance(event, Arrived):
        return event.message.kind == "closed"
    return isinstance(event, f.ParticipantSessionFrame) and event.state == "closed"


def _transcript_path() -> Path:
    """Return where the transcript stays when the demo's own folder is gone."""
    return Path(tempfile.mkdtemp(prefix="teleconnect-transcript-")) / "transcript.pdf"

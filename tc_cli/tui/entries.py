"""What the board knows of a session's log, as entries of its chat: who, when, marks, previews, facts in words."""

import mimetypes
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace
from textual.strip import Strip

from tc_cli.output.words import measured, plain
from tc_cli.tui import call_words, cells
from tc_cli.tui.board import Unsent, read_by_all
from tc_cli.tui.widgets.chat.entry import Entry, Mark
from tc_cli.tui.words import _
from tc_server.wire.bodies import File, Message, Session

Previews = Mapping[str, tuple[Strip, ...]]
NO_PREVIEWS: Previews = {}


class Made(NamedTuple):
    """An entry, and what it was made of."""

    source: Message | Unsent
    mark: Mark
    preview: tuple[Strip, ...]
    entry: Entry


class Entries:
    """Makes entries, and gives the same object again for what hasn't changed: who draws them looks no further."""

    def __init__(self) -> None:
        self._made: dict[str, Made] = {}

    def of(
        self,
        session: Session,
        messages: Iterable[Message],
        unsent: Iterable[Unsent],
        previews: Previews = NO_PREVIEWS,
    ) -> list[Entry]:
        """Return the log, then what is unsent, each in order."""
        read_to = read_by_all(session)
        return [
            *(self._of_message(message, read_to, previews) for message in messages),
            *(self._of_unsent(one) for one in unsent),
        ]

    def _of_message(self, message: Message, read_to: int, previews: Previews) -> Entry:
        mine = message.sender is not None and message.sender.role == "staff"
        # What was unsent a moment ago stays the same entry, so that a chosen one stays chosen.
        key = message.client_id if mine and message.client_id else f"#{message.seq}"
        mark: Mark = ("read" if message.seq <= read_to else "sent") if mine else ""
        preview = previews.get(message.file.file_id, ()) if message.file else ()
        known = self._made.get(key)
        if known is None or known.source is not message or known.mark != mark or known.preview is not preview:
            known = Made(message, mark, preview, of_message(message, key, mark, preview))
            self._made[key] = known
        return known.entry

    def _of_unsent(self, one: Unsent) -> Entry:
        known = self._made.get(one.client_id)
        if known is None or known.source is not one:
            known = Made(one, "", (), of_unsent(one))
            self._made[one.client_id] = known
        return known.entry


def of_message(message: Message, key: str, mark: Mark, preview: tuple[Strip, ...] = ()) -> Entry:
    """Make the entry of something that everybody in the session sees."""
    at = message.sent_at.astimezone()
    if message.kind not in {"text", "file"}:
        return Entry(key=key, seq=message.seq, at=at, kind="fact", text=f"{fact(message)} · {at:%H:%M}")
    return Entry(
        key=key,
        seq=message.seq,
        at=at,
        kind="file" if message.file else "text",
        who=_("You") if mark else _name(message),
        role=message.sender.role if message.sender else "",
        mine=bool(mark),
        text=plain(message.text or "", keep_lines=True),
        file=replace(message.file, name=plain(message.file.name)) if message.file else None,
        mark=mark,
        preview=preview,
    )


def of_unsent(one: Unsent) -> Entry:
    """Make the entry of something that the server doesn't have yet."""
    file = None
    if one.path is not None:
        kind = mimetypes.guess_type(one.path.name)[0] or ""
        file = File(file_id="", name=plain(one.path.name), type=kind, size=0)
    return Entry(
        key=one.client_id,
        at=one.at.astimezone(),
        kind="file" if file else "text",
        who=_("You"),
        role="staff",
        mine=True,
        text=plain(one.text, keep_lines=True),
        file=file,
        mark="pending" if one.refused is None else "refused",
        note=plain(one.refused or ""),
    )


def fact(message: Message) -> str:
    """Return what happened, as a sentence without its full stop."""
    data = message.data or {}
    if message.kind == "closed" and message.sender is None:
        return _("Closed by itself after a long silence")
    if message.kind == "device_test":
        tested = _device_tests().get(str(data.get("result")), message.kind).format(who=_name(message))
        return f"{tested}{measured(data)}"
    if message.kind == "call_ended":
        return call_words.ended(_name(message), str(data.get("outcome", "")), float(data.get("seconds", 0)))
    kind = f"{message.kind}.video" if data.get("media") == "video" else message.kind
    return (
        _sentences()
        .get(kind, message.kind)
        .format(
            who=_name(message),
            minutes=data.get("minutes", ""),
            name=plain(str(data.get("name", ""))),
            role=cells.role(str(data.get("role", ""))),
        )
    )


def _sentences() -> dict[str, str]:
    return {
        "joined": _("{who} came"),
        "left": _("{who} left"),
        "told": _("{who} said: with you in {minutes} minutes"),
        "started": _("{who} started the session"),
        "resumed": _("{who} resumed the session"),
        "kept_open": _("{who} ended the consultation and keeps the session open"),
        "closed": _("{who} closed the session"),
        "reopened": _("{who} reopened the session"),
        "call_requested": _("{who} asked for a call"),
        "call_requested.video": _("{who} asked for a video call"),
        "call_started": _("{who} called"),
        "call_started.video": _("{who} called by video"),
        "person_added": _("{who} added {role} {name}"),
        "person_removed": _("{who} removed {role} {name}"),
    }


def _device_tests() -> dict[str, str]:
    return {
        "video": _("{who} tested their device: good for video"),
        "voice": _("{who} tested their device: good for voice only"),
        "chat": _("{who} tested their device: chat only"),
    }


def _name(message: Message) -> str:
    return plain(message.sender.name) if message.sender else ""

"""Beside a chat: who is in the session and how to reach them, staff's note, the files that went to and fro."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.text import bidi
from tc_cli.tui.widgets.session_head import MUTED, language
from tc_cli.tui.words import _
from tc_server.wire.bodies import Message, Person, Session

Words = list[Content]


class PeoplePanel(VerticalScroll, can_focus=False):
    """Shows what staff may need to look up while writing."""

    DEFAULT_CSS = """
    PeoplePanel {
        width: 36;
        padding: 1 2;
        background: $surface;
        scrollbar-size-vertical: 1;
        & > Static { height: auto; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: Content | None = None

    def compose(self) -> ComposeResult:
        yield Static()

    def redraw(self, session: Session, log: Iterable[Message]) -> None:
        """Show a session as it is now."""
        files = [message for message in log if message.file is not None]
        lines = [*_people(session), *_note(session), *_files(files)]
        content = Content("\n").join(lines)
        if content != self._shown:
            self._shown = content
            self.query_one(Static).update(content)


def _people(session: Session) -> Words:
    lines: Words = []
    for person in session.people:
        if person.removed_at is None:
            lines += [*_person(person), Content("")]
    return lines


def _person(person: Person) -> Words:
    online, colour = cells.online(person.online)
    devices = f" · {_('{n} devices').format(n=person.devices)}" if person.devices > 1 else ""
    lines = [
        Content.styled(_seen(person.name), "bold $secondary"),
        Content.styled(f"{cells.role(person.role)} · {language(person.language)}", MUTED),
        Content.assemble((online, MUTED if colour == "text-muted" else f"${colour}"), (devices, MUTED)),
    ]
    contacts = [contact for contact in (person.phone, person.email) if contact]
    lines += [Content(words.plain(contact)) for contact in contacts]
    if not contacts:
        lines.append(Content.styled(_("by link only"), MUTED))
    if person.joined_at:
        lines.append(Content.styled(_("came {time}").format(time=words.moment(person.joined_at)), MUTED))
    return lines


def _note(session: Session) -> Words:
    if not session.note:
        return []
    return [_title(_("Note")), Content(_seen(session.note)), Content("")]


def _files(messages: list[Message]) -> Words:
    if not messages:
        return []
    return [_title(_("Files")), *(_file(message) for message in reversed(messages))]


def _file(message: Message) -> Content:
    file = message.file
    assert file is not None
    sender = (
        _("you")
        if message.sender and message.sender.role == "staff"
        else _seen(message.sender.name if message.sender else "")
    )
    # The id is the server's own, the name is somebody's: only the one may be part of an action.
    return Content.assemble(
        (_seen(file.name), f"@click=screen.open_file('{file.file_id}')"),
        (f"  {words.size(file.size)} · {sender} {words.clock(message.sent_at)}", MUTED),
    )


def _title(text: str) -> Content:
    return Content.styled(text, f"bold {MUTED}")


def _seen(text: str) -> str:
    return bidi.visual(words.plain(text), order=cells.ORDER)

"""What closing a session will take away, and when, in words."""

from datetime import datetime, timedelta

from tc_cli.tui.board import Board, not_read_yet
from tc_cli.tui.words import _, n_
from tc_server.wire.bodies import Message, Session

# What a server does unless it is set otherwise.
USUAL_RETENTION = timedelta(hours=24)


def retention(board: Board) -> timedelta:
    """Return how long this server keeps a closed session, as those that are closed show."""
    for session in board.sessions.values():
        if session.state == "closed" and session.closed_at and session.erase_at:
            return session.erase_at - session.closed_at
    return USUAL_RETENTION


def when(moment: datetime, now: datetime) -> str:
    """Say a moment as a day and a local time."""
    local, today = moment.astimezone(now.tzinfo), now.date()
    time = local.strftime("%H:%M")
    if local.date() == today:
        return _("today at {time}").format(time=time)
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at {time}").format(time=time)
    return _("on {day} at {time}").format(day=local.date().isoformat(), time=time)


def what(board: Board, session: Session) -> str:
    """List what will go: messages and files counted where the whole log is here, and what is known of the people."""
    parts = [*_log(board, session), *_people(session)]
    if len(parts) == 1:
        return parts[0]
    return _("{several} and {last}").format(several=", ".join(parts[:-1]), last=parts[-1])


def unfinished(board: Board, session: Session, draft: str) -> str:
    """Say what would be cut short by ending a session now; empty where nothing would."""
    tail = board.logs.get(session.session_id)
    unread = (not_read_yet(session, tail.messages) if tail else None) or 0
    unsent = len(board.line.get(session.session_id, []))
    parts = [
        _call(board, session),
        n_("{n} message is not read yet", "{n} messages are not read yet", unread).format(n=unread) if unread else "",
        n_("{n} message is not sent yet", "{n} messages are not sent yet", unsent).format(n=unsent) if unsent else "",
        _("you have begun to write one") if draft.strip() else "",
    ]
    return "; ".join(filter(None, parts))


def _call(board: Board, session: Session) -> str:
    call = board.calls.live.get(session.session_id)
    if call is None:
        return ""
    match call.state:
        case "opening":
            return _("a call is being made, and will end")
        case "ringing":
            return _("a call is ringing, and will end")
    return _("a call goes on, and will end")


def _log(board: Board, session: Session) -> list[str]:
    tail = board.logs.get(session.session_id)
    if tail is None or not tail.at_start:
        return [_("all messages and files")]
    messages, files = _count(tail.messages, "text"), _count(tail.messages, "file")
    counted = [
        n_("{n} message", "{n} messages", messages).format(n=messages) if messages else "",
        n_("{n} file", "{n} files", files).format(n=files) if files else "",
    ]
    return [part for part in counted if part]


def _count(messages: list[Message], kind: str) -> int:
    return sum(message.kind == kind for message in messages)


def ends(session: Session, when: str, what: str) -> str:
    """Say for whom it ends, and what goes when."""
    others = sum(not one.removed_at for one in session.people)
    return n_(
        "It ends for both. Erased {when}: {what}.", "It ends for all {n} of you. Erased {when}: {what}.", others
    ).format(n=others + 1, when=when, what=what)


def _people(session: Session) -> list[str]:
    people = session.people
    phones, emails = sum(bool(one.phone) for one in people), sum(bool(one.email) for one in people)
    known = [n_("the name", "the names", len(people))]
    if phones:
        known.append(n_("the phone number", "the phone numbers", phones))
    if emails:
        known.append(n_("the email address", "the email addresses", emails))
    if session.note:
        known.append(_("your note"))
    return known

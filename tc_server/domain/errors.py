"""What can be refused. The class docstring is the message, `code` is what crosses the wire.

Refused
├── InvalidPhone, InvalidEmail, InvalidTarget, ContactMissing, NoProvider, UnknownLanguage, TermsRequired, TextEmpty,
│   TextTooLong, WeakPassword
├── NotLoggedIn, WrongPassword, SlowDown, NotAllowed, NotFound, NameTaken, LastAdmin, ClientIdTaken,
│   TooManyTargets
├── InvalidTime, InvalidTimezone, TooEarly
├── LinkUnknown, LinkRevoked, LinkExpired, SessionEnded, Erased
├── IllegalMove, NobodyWaiting, NoCall, CallFull
├── EchoBusy, OfferBroken
├── FileType, FileBroken, FileSize
└── Unavailable
"""

from datetime import datetime
from typing import ClassVar


class Refused(Exception):
    """This can't be done."""

    code: ClassVar[str] = "internal"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.__doc__)

    @property
    def detail(self) -> str:
        """Say what was refused and what to do, in English."""
        return str(self.args[0])


class InvalidPhone(Refused):
    """This isn't a phone number that can be reached. Give it in international form, like +41 44 668 18 00."""

    code = "invalid_phone"


class InvalidEmail(Refused):
    """This isn't an email address. Check it for typing errors."""

    code = "invalid_email"


class InvalidTarget(Refused):
    """This isn't an address for notices. Give it like email:me@example.org, sms:+41446681800 or tgram://TOKEN/CHAT."""

    code = "invalid_target"


class ContactMissing(Refused):
    """There is no way to reach this person. Give a phone number or an email address, or choose the link only."""

    code = "contact_missing"


class NoProvider(Refused):
    """Nothing that is set up leads to this person. Give another contact, choose another channel, or the link only."""

    code = "no_provider"


class InvalidTime(Refused):
    """Nothing can be planned for this time. Give one that is still to come, within a year."""

    code = "invalid_time"


class InvalidTimezone(Refused):
    """There is no such time zone. Give one like Africa/Addis_Ababa or Europe/Zurich."""

    code = "invalid_timezone"


class UnknownLanguage(Refused):
    """There are no texts in this language. Choose one of those listed."""

    code = "unknown_language"


class TermsRequired(Refused):
    """The terms must be accepted to join."""

    code = "terms_required"


class TextEmpty(Refused):
    """The message is empty. Write something first."""

    code = "text_empty"


class TextTooLong(Refused):
    """The message is too long. Send it in parts."""

    code = "text_too_long"


class WeakPassword(Refused):
    """The password is too short. Use at least 10 characters."""

    code = "weak_password"


class NotLoggedIn(Refused):
    """You aren't logged in, or the login has ended. Log in again."""

    code = "not_logged_in"


class WrongPassword(Refused):
    """User and password don't match. Check both, or ask an admin for a new password."""

    code = "wrong_password"


class SlowDown(Refused):
    """Too many wrong tries. Wait a little before the next one."""

    code = "slow_down"

    def __init__(self, retry_after: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NotAllowed(Refused):
    """Your role may not do this."""

    code = "not_allowed"


class NotFound(Refused):
    """There is nothing of that id, or none of yours."""

    code = "not_found"


class NameTaken(Refused):
    """An account of that name exists already. Choose another name."""

    code = "name_taken"


class LastAdmin(Refused):
    """This is the last account that can manage accounts. Make another admin first."""

    code = "last_admin"


class ClientIdTaken(Refused):
    """This client id was already used for something else in this session. Make a new one."""

    code = "client_id_taken"


class LinkUnknown(Refused):
    """This link leads nowhere. Ask for a new one."""

    code = "link_unknown"


class LinkRevoked(Refused):
    """This invitation was taken back. Ask for a new one if you still need it."""

    code = "link_revoked"


class TooEarly(Refused):
    """This conversation is planned for later. Come back when it is time."""

    code = "too_early"

    def __init__(self, planned_at: datetime) -> None:
        super().__init__()
        self.planned_at = planned_at


class LinkExpired(Refused):
    """This invitation's time is over. Ask for a new one."""

    code = "link_expired"


class SessionEnded(Refused):
    """The session has ended; nothing can be added to it."""

    code = "session_ended"


class Erased(Refused):
    """The session has been erased; nothing of it is left."""

    code = "erased"


class IllegalMove(Refused):
    """The session's state forbids this."""

    code = "illegal_move"

    def __init__(self, verb: str, state: str, possible: tuple[str, ...]) -> None:
        can = ", ".join(possible) or "nothing"
        super().__init__(f"A session that is {state} can't do '{verb}'. Possible now: {can}.")
        self.state = state
        self.possible = possible


class NobodyWaiting(Refused):
    """Nobody is waiting. Invite somebody, or wait for them to join."""

    code = "nobody_waiting"


class NoCall(Refused):
    """There is no call going on that you can be in. Wait until it rings, or ask for one."""

    code = "no_call"


class CallFull(Refused):
    """Three are in this call already, which is as many as it holds. Try again when somebody has left."""

    code = "call_full"


class EchoBusy(Refused):
    """As many device tests as this server allows are running. Try again in a moment."""

    code = "echo_busy"

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class OfferBroken(Refused):
    """This offer can't be answered. Send a session description with its candidates in it, as a browser makes it."""

    code = "offer_broken"


class TooManyTargets(Refused):
    """This account has as many addresses for notices as it may. Remove one first."""

    code = "too_many_targets"


class FileType(Refused):
    """This kind of file isn't accepted. Send a JPEG, PNG or WebP photo, a PDF, or a voice
    note (Opus or AAC), under its true type."""

    code = "file_type"


class FileBroken(Refused):
    """The file is damaged or can't be read. Make it anew and send it again."""

    code = "file_broken"


class FileSize(Refused):
    """The file is too big."""

    code = "file_size"


class Unavailable(Refused):
    """The server can't reach its storage just now. Try again in a moment."""

    code = "unavailable"

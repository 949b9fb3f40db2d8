"""People: accounts and participants, who is looking, and whether they may."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tc_server.domain.errors import NotAllowed, NotFound, WeakPassword

AccountRole = Literal["staff", "admin"]
PersonRole = Literal["service-user", "colleague", "relative", "interpreter"]

PASSWORD_MIN = 10


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who logs in."""

    account_id: str
    name: str
    role: AccountRole
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who comes by link.

    `away_since` counts while waiting without a live link; null when online or never here. `place_since` is the place
    in line that they hold, kept when it is given up so that coming back restores it. `wrote` says that they sent
    something since they last came. `timezone` is the zone that times are told them in (IANA), `coming` whether they
    said that they come to what is planned.
    """

    participant_id: str
    session_id: str
    role: PersonRole
    name: str
    phone: str | None
    email: str | None
    language: str
    created_at: datetime
    joined_at: datetime | None = None
    waiting: bool = False
    place_since: datetime | None = None
    away_since: datetime | None = None
    wrote: bool = False
    removed_at: datetime | None = None
    first_seq: int = 1
    read_seq: int = 0
    timezone: str | None = None
    coming: bool | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """A viewer with an account; `login_id` is the login that the token stands for."""

    account_id: str
    name: str
    role: AccountRole
    login_id: str


@dataclass(frozen=True, slots=True)
class Guest:
    """A viewer who came by link; `device_id` is the browser that the token was given to."""

    participant_id: str
    session_id: str
    device_id: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Staff's browser in one call: it may take part in that call, and nothing else.

    `pass_id` is the way in that its credential was exchanged for.
    """

    account_id: str
    name: str
    session_id: str
    call_id: str
    pass_id: str


Viewer = Staff | Guest
Anyone = Viewer | Caller


def require_viewer(anyone: Anyone) -> Viewer:
    """Let accounts and participants through, who may see sessions; raise NotAllowed."""
    if isinstance(anyone, Caller):
        raise NotAllowed
    return anyone


def require_party(anyone: Anyone) -> Guest | Caller:
    """Let those through who can be in a call; raise NotAllowed."""
    if isinstance(anyone, Staff):
        raise NotAllowed
    return anyone


def require_staff(viewer: Viewer) -> Staff:
    """Let only accounts through; raise NotAllowed."""
    if not isinstance(viewer, Staff):
        raise NotAllowed
    return viewer


def require_admin(viewer: Viewer) -> Staff:
    """Let only admins through; raise NotAllowed."""
    staff = require_staff(viewer)
    if staff.role != "admin":
        raise NotAllowed
    return staff


def require_guest(viewer: Viewer) -> Guest:
    """Let only participants through; raise NotAllowed."""
    if not isinstance(viewer, Guest):
        raise NotAllowed
    return viewer


def require_sight(viewer: Anyone, session_id: str, owner_id: str) -> None:
    """Let the session's owner, their browser in its call, its participants through; to all others it isn't there.

    Raises NotFound.
    """
    if isinstance(viewer, Guest | Caller):
        if viewer.session_id != session_id:
            raise NotFound
    elif viewer.account_id != owner_id:
        raise NotFound


def check_password(password: str) -> str:
    """Refuse a short password (WeakPassword); length is what counts (NIST SP 800-63B)."""
    if len(password) < PASSWORD_MIN:
        raise WeakPassword
    return password


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean_name(name: str) -> str:
    """Strip control and bidi-override characters from a name, and surrounding space."""
    return " ".join(_UNSEEN.sub(" ", name).split())

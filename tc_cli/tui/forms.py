"""What stands in a form that is not sent yet, when it is for, and the ways on which an invite can go."""

from dataclasses import dataclass
from datetime import datetime

from tc_cli.tui.words import _


@dataclass(slots=True)
class Typed:
    """What stands in the form of an invite; it outlives a dialog that is left."""

    kind: str = "remote"
    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    language: str = "en"
    via: str = "auto"
    at: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """When something is planned for, and the zone (IANA) that the person is told it in: None is as it is known."""

    at: datetime
    timezone: str | None


def ways(phone: str | None, email: str | None) -> list[tuple[str, str]]:
    """Return the channels that somebody can be reached by, each as its label and its name on the wire."""
    found = [(_("WhatsApp"), "whatsapp"), (_("SMS"), "sms")] if phone else []
    return [*found, (_("email"), "email")] if email else found

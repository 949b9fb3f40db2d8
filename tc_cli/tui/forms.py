"""What stands in a form that is not sent yet, and the ways on which an invite can go."""

from dataclasses import dataclass

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


def ways(phone: str | None, email: str | None) -> list[tuple[str, str]]:
    """Return the channels that somebody can be reached by, each as its label and its name on the wire."""
    found = [(_("WhatsApp"), "whatsapp"), (_("SMS"), "sms")] if phone else []
    return [*found, (_("email"), "email")] if email else found

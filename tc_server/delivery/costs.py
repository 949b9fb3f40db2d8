"""What an SMS takes in each language, with an organisation's own name and address."""

from datetime import UTC, datetime
from typing import Final

from tc_server.delivery.texts import compose
from tc_server.domain.delivery import TextKind
from tc_server.domain.invite import Invitation, link
from tc_server.domain.people import PersonRole
from tc_server.locales import languages
from tc_server.services.context import Text

SENT: Final[tuple[tuple[str, PersonRole, TextKind], ...]] = (
    ("invitation", "service-user", "invitation"),
    ("to a colleague", "colleague", "invitation"),
    ("planned", "service-user", "planned"),
    ("reminder", "service-user", "reminder"),
    ("new time", "service-user", "moved"),
    ("cancelled", "service-user", "cancelled"),
)
"""All texts there are: what each is called, to whom it goes, of which kind it is."""
# A day and an hour with two digits each, in a month with a long name in many languages.
_AT: Final = datetime(2026, 9, 23, 18, 45, tzinfo=UTC)


def sms(organisation: str, public_url: str, language: str, role: PersonRole, kind: TextKind) -> Text:
    """Word an SMS as somebody would get it."""
    at = None if kind == "invitation" else _AT
    person = Invitation("Layla", role, language, phone="+41446681800", at=at, timezone="Europe/Zurich")
    return compose(organisation, public_url, kind, "sms", person, link(public_url, language, "x" * 24))


def over_long(organisation: str, public_url: str) -> list[str]:
    """List the languages in which an SMS takes more than one segment in GSM-7, or than two in UCS-2."""

    def is_long(language: str) -> bool:
        texts = (sms(organisation, public_url, language, role, kind) for _, role, kind in SENT)
        return any(text.segments > (1 if text.encoding == "GSM-7" else 2) for text in texts)

    return sorted(language.code for language in languages() if is_long(language.code))

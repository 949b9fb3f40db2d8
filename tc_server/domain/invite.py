"""Invites: contacts made sound, links formed."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import phonenumbers

from tc_server.domain.delivery import TextKind, Via
from tc_server.domain.errors import ContactMissing, InvalidEmail, InvalidPhone, UnknownLanguage
from tc_server.domain.people import Participant, PersonRole, clean_name

# What comes along unseen when somebody copies an address out of a chat.
_UNSEEN = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@(?:[^@\s.\x00-\x1f]{1,63}\.)+[^@\s.\d\x00-\x1f][^@\s.\x00-\x1f]{1,62}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody to invite: name and contacts as sound as they can be known to be (`phone` in E.164).

    `at` is when the conversation is planned for, None for now; `timezone` the zone (IANA) that they are told times in.
    """

    name: str
    role: PersonRole
    language: str
    phone: str | None = None
    email: str | None = None
    via: Via = "auto"
    note: str | None = None
    at: datetime | None = None
    timezone: str | None = None

    def template(self, kind: TextKind = "invitation") -> str:
        """Name the WhatsApp template of a text to them."""
        return template(self.language, self.role, kind)


@dataclass(frozen=True, slots=True)
class Invite:
    """The right to join one session; `token` is the link's secret, `note` staff's own."""

    invite_id: str
    session_id: str
    participant_id: str
    via: Via
    token: str
    created_at: datetime
    expires_at: datetime
    note: str | None = None
    revoked_at: datetime | None = None


def checked(invitation: Invitation, languages: Collection[str]) -> Invitation:
    """Bring name and contacts into sound form.

    Raises InvalidPhone, InvalidEmail, UnknownLanguage, or ContactMissing when the channel has no contact to go to.
    """
    sound = replace(
        invitation,
        language=known_language(invitation.language, languages),
        name=clean_name(invitation.name) or "?",
        phone=normal_phone(invitation.phone) if invitation.phone else None,
        email=normal_email(invitation.email) if invitation.email else None,
        note=invitation.note or None,
    )
    require_contact(sound)
    return sound


def invitation_of(person: Participant, via: Via = "auto", at: datetime | None = None) -> Invitation:
    """Word somebody who was invited before as who is invited again; `at` is what is planned, where that matters."""
    return Invitation(
        name=person.name,
        role=person.role,
        language=person.language,
        phone=person.phone,
        email=person.email,
        via=via,
        at=at,
        timezone=person.timezone,
    )


def known_language(code: str, languages: Collection[str]) -> str:
    """Find a language by its code, also with a region as in `fa-AF`. Raises UnknownLanguage."""
    found = code.replace("_", "-").casefold()
    for one in (found, found.partition("-")[0]):
        if one in languages:
            return one
    known = ", ".join(sorted(languages))
    raise UnknownLanguage(f"There are no texts in the language '{code}'. Choose one of: {known}.")


def template(language: str, role: PersonRole, kind: TextKind = "invitation") -> str:
    """Name the WhatsApp template of a text, like `fr`, `fr_colleague` or `fr_reminder`."""
    if kind != "invitation":
        return f"{language}_{kind}"
    return language if role == "service-user" else f"{language}_colleague"


def normal_phone(text: str) -> str:
    """Bring a phone number into E.164 form; raise InvalidPhone.

    Source: ITU-T E.164 through the metadata of libphonenumber.
    """
    try:
        number = phonenumbers.parse(text.replace("\u00a0", " "), None)
    except phonenumbers.NumberParseException as fault:
        raise InvalidPhone from fault
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(text: str) -> str:
    """Bring an email address into the form it is looked up by (the domain in lower case); raise InvalidEmail."""
    text = text.translate(_UNSEEN).strip()
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise InvalidEmail
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def require_contact(invitation: Invitation) -> None:
    """Raise ContactMissing where the channel that was asked for needs a contact that wasn't given."""
    match invitation.via:
        case "email" if not invitation.email:
            raise ContactMissing("Sending by email needs an email address. Give one, or choose another channel.")
        case "sms" | "whatsapp" as channel if not invitation.phone:
            raise ContactMissing(f"Sending by {channel} needs a phone number. Give one, or choose another channel.")
        case "auto" if not invitation.phone and not invitation.email:
            raise ContactMissing


def test_link(public_url: str, language: str, token: str) -> str:
    """Form the link to the device test, where the person can also say whether they come."""
    return f"{public_url.rstrip('/')}/test/{language}#{token}"


def link(public_url: str, language: str, token: str) -> str:
    """Form the link: the secret stands in the fragment, which browsers never send."""
    return f"{public_url.rstrip('/')}/j/{language}#{token}"

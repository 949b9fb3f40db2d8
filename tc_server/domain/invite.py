"""Invites: contacts made sound, the channel chosen, links formed."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import phonenumbers

from tc_server.domain.errors import ContactMissing, InvalidEmail, InvalidPhone, UnknownLanguage
from tc_server.domain.people import PersonRole, clean_name

Via = Literal["auto", "whatsapp", "sms", "email", "link"]
Channel = Literal["whatsapp", "sms", "email"]

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@(?:[^@\s.\x00-\x1f]{1,63}\.)+[^@\s.\d\x00-\x1f][^@\s.\x00-\x1f]{1,62}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody to invite: name and contacts as sound as they can be known to be (`phone` in E.164)."""

    name: str
    role: PersonRole
    language: str
    phone: str | None = None
    email: str | None = None
    via: Via = "auto"
    note: str | None = None


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """One text to one phone or mailbox. `state` is queued, sent or failed; `detail` says why it failed."""

    delivery_id: str
    session_id: str
    invite_id: str
    channel: Channel
    provider: str
    state: Literal["queued", "sent", "failed"]
    to: str
    subject: str | None
    text: str
    created_at: datetime
    sent_at: datetime | None = None
    detail: str | None = None


def checked(invitation: Invitation, languages: Collection[str]) -> Invitation:
    """Bring name and contacts into sound form.

    Raises InvalidPhone, InvalidEmail, UnknownLanguage, or ContactMissing when the channel has no contact to go to.
    """
    if invitation.language not in languages:
        raise UnknownLanguage(
            f"There is no catalogue for the language '{invitation.language}'. Choose one of: {', '.join(languages)}."
        )
    sound = replace(
        invitation,
        name=clean_name(invitation.name) or "?",
        phone=normal_phone(invitation.phone) if invitation.phone else None,
        email=normal_email(invitation.email) if invitation.email else None,
        note=invitation.note or None,
    )
    if not sound.phone and not sound.email and sound.via != "link":
        raise ContactMissing
    chosen_channel(sound)
    return sound


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
    text = text.strip()
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise InvalidEmail
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def chosen_channel(invitation: Invitation) -> Channel | None:
    """Pick the channel that `via` means; None for the link only. Raises ContactMissing."""
    match invitation.via:
        case "link":
            return None
        case "auto":
            return "sms" if invitation.phone else "email"
        case "email":
            if not invitation.email:
                raise ContactMissing("Sending by email needs an email address. Give one, or choose another channel.")
            return "email"
        case channel:
            if not invitation.phone:
                raise ContactMissing(f"Sending by {channel} needs a phone number. Give one, or choose another channel.")
            return channel


def link(public_url: str, language: str, token: str) -> str:
    """Form the link: the secret stands in the fragment, which browsers never send."""
    return f"{public_url.rstrip('/')}/j/{language}#{token}"

"""Texts to send."""

from typing import Any

from tc_server.services.context import Outgoing

LINK = "https://talk.example.org/j/ar#token"


def outgoing(delivery_id: str = "delivery-1", **facts: Any) -> Outgoing:
    """Make a text to hand to a provider."""
    by_email = facts.get("channel", "sms") == "email"
    return Outgoing(
        **{
            "delivery_id": delivery_id,
            "kind": "invitation",
            "key": f"{delivery_id}.0",
            "channel": "sms",
            "to": "layla@example.org" if by_email else "+41446681800",
            "language": "ar",
            "link": LINK,
            "subject": "دعوة" if by_email else None,
            "text": f"ليلى: {LINK}",
            "variables": (LINK,) if facts.get("channel") == "whatsapp" else (),
        }
        | facts
    )

"""Deliveries as the server tells of them, made for tests of what is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from tc_server.domain.delivery import WORDS, Reason
from tc_server.wire.bodies import Attempt, AttemptResult, Delivery, DeliveryReason, DeliveryState, Invite, Way

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def attempt(
    number: int, result: AttemptResult, reason: DeliveryReason | None = None, reply: str | None = None, **fields: Any
) -> Attempt:
    """Make a try by email, as many minutes after noon as its number."""
    made = Attempt(
        number=number,
        channel="email",
        provider="smtp",
        began_at=at(number),
        ended_at=None if result == "trying" else at(number),
        result=result,
        reason=reason,
        detail=WORDS[Reason(reason)][0] if reason else None,
        reply=reply,
        reference=None,
        cost="free",
    )
    return structs.replace(made, **fields)


def delivery(state: DeliveryState, *attempts: Attempt, reason: DeliveryReason | None = None, **fields: Any) -> Delivery:
    """Make a delivery by email that was queued at noon."""
    detail, remedy = WORDS[Reason(reason)] if reason else (None, None)
    made = Delivery(
        delivery_id="d1",
        session_id="s1",
        invite_id="i1",
        kind="invitation",
        channel="email",
        provider="smtp",
        state=state,
        created_at=NOON,
        sent_at=None,
        delivered_at=None,
        next_at=None,
        reason=reason,
        detail=detail,
        remedy=remedy,
        maybe_twice=False,
        ways=[Way(channel="email", provider="smtp")],
        attempts=list(attempts),
    )
    return structs.replace(made, **fields)


def invite(*deliveries: Delivery, **fields: Any) -> Invite:
    """Make Layla's invite."""
    made = Invite(
        invite_id="i1",
        session_id="s1",
        participant_id="p1",
        state="invited",
        kind="remote",
        role="service-user",
        name="Layla",
        phone=None,
        email="layla@example.org",
        language="en",
        via="auto",
        note=None,
        url="https://connect.example.org/j/en#secret",
        created_at=NOON,
        expires_at=at(60 * 24 * 7),
        reviewed=True,
        planned_at=None,
        timezone=None,
        coming=None,
        joined_at=None,
        devices=0,
        deliveries=list(deliveries),
    )
    return structs.replace(made, **fields)

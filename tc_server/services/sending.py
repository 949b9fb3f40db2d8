"""The outbox: what is to be sent is claimed and begun, how it went is noted, both before anything else happens to it.

An attempt stands in the database before its provider hears of it, so that a kill leaves a trace of it.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tc_server.domain import delivery as rules
from tc_server.domain.delivery import Attempt, Delivery, Outcome, Reason, Result
from tc_server.domain.invite import Invite, invitation_of, link
from tc_server.domain.people import Participant
from tc_server.domain.session import Session, State
from tc_server.services.context import Appointment, Context, Outgoing, new_id
from tc_server.services.events import DeliveryChanged, DeliveryView, Event, QueueChanged
from tc_server.store import deliveries, invites, people, sessions
from tc_server.store.engine import Tx

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Errand:
    """An attempt that has begun, and what its provider is to send."""

    attempt: Attempt
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt went."""

    attempt: Attempt
    outcome: Outcome


async def turn(ctx: Context, provider: str, ended: Sequence[Ended], room: int) -> tuple[list[Errand], list[str]]:
    """Note how attempts went and begin as many new ones as there is room for, in one transaction.

    Returns the new ones, and the deliveries of ended ones that were erased meanwhile.
    """
    async with ctx.store.write() as tx:
        before = await deliveries.lock(tx, {one.attempt.delivery_id for one in ended}) if ended else []
        tried = await deliveries.attempts_of(tx, [d.delivery_id for d in before]) if before else {}
        changed = await note(ctx, tx, before, tried, ended)
        errands, dropped = await _begin(ctx, tx, provider, room) if room else ([], [])
        events = await events_of(tx, [*changed, *dropped])
    ctx.announce(*events)
    if any(view.delivery.state == "queued" and view.delivery.way.provider != provider for view in changed):
        ctx.wake_outbox()
    there = {delivery.delivery_id for delivery in before}
    return errands, [one.attempt.delivery_id for one in ended if one.attempt.delivery_id not in there]


async def recover(ctx: Context, *, alone: bool = False) -> bool:
    """Take up what a kill interrupted and what was never heard of again; tell whether there was anything.

    `alone` says that no other server runs, so that whatever is being tried was interrupted.
    """
    now = ctx.now()
    async with ctx.store.write() as tx:
        found = await deliveries.overdue(tx, None if alone else now, _AT_ONCE)
        tried = await deliveries.attempts_of(tx, [d.delivery_id for d in found])
        lost = [
            Ended(attempt, _interrupted(ctx, attempt))
            for attempts in tried.values()
            for attempt in attempts
            if attempt.result is Result.TRYING
        ]
        changed = await note(ctx, tx, found, tried, lost)
        stranded = await deliveries.stranded(tx, [offer.provider for offer in ctx.offers], _AT_ONCE)
        moved = await _without_provider(tx, stranded, Reason.NO_PROVIDER, now)
        events = await events_of(tx, [*changed, *moved])
    ctx.announce(*events)
    return bool(found or stranded)


async def hold(ctx: Context, provider: str, until: datetime, reason: Reason) -> None:
    """Let nothing be tried through a provider for a while; what has waited long enough goes another way."""
    now = ctx.now()
    async with ctx.store.write() as tx:
        found = await deliveries.impatient(tx, provider, now - ctx.policy.patience, _AT_ONCE)
        moved = await _without_provider(tx, found, reason, now)
        await deliveries.postpone(tx, provider, until, reason)
        events = await events_of(tx, moved)
    ctx.announce(*events)
    if moved:
        ctx.wake_outbox()


async def release(ctx: Context, provider: str) -> None:
    """Let what was held back be tried now."""
    async with ctx.store.write() as tx:
        await deliveries.hasten(tx, provider, ctx.now(), rules.HELD)
    ctx.wake_outbox()


async def next_due(ctx: Context, provider: str) -> datetime | None:
    """Tell when the next text is to be tried through a provider."""
    async with ctx.store.read() as tx:
        return await deliveries.next_due(tx, provider)


async def sweep(ctx: Context) -> None:
    """Remove the delivered texts that a kill left of erased sessions."""
    found = await asyncio.to_thread(ctx.delivered_ids)
    async with ctx.store.read() as tx:
        known = await deliveries.known(tx, found)
    for delivery_id in found - known:
        await asyncio.to_thread(ctx.forget_delivered, delivery_id)


def _interrupted(ctx: Context, attempt: Attempt) -> Outcome:
    offer = next((offer for offer in ctx.offers if offer.provider == attempt.provider), None)
    if offer and offer.remembers:
        return Outcome(Result.UNKNOWN, Reason.NO_ANSWER)
    # A receipt may still tell that it was taken: sending again at once would cost, and arrive, twice.
    return Outcome(Result.UNKNOWN, Reason.INTERRUPTED, after=rules.HEARING if offer and offer.receipts else None)


async def note(
    ctx: Context, tx: Tx, found: Sequence[Delivery], tried: dict[str, list[Attempt]], ended: Iterable[Ended]
) -> list[DeliveryView]:
    """Write what was learnt of attempts, and how their deliveries stand by it."""
    now = ctx.now()
    outcomes = {one.attempt.attempt_id: one.outcome for one in ended}
    receipted = [offer.provider for offer in ctx.offers if offer.receipts]
    changed = []
    for delivery in found:
        attempts = tried.get(delivery.delivery_id, [])
        learnt = [rules.learn(a, outcomes[a.attempt_id], now) if a.attempt_id in outcomes else a for a in attempts]
        await deliveries.learn(tx, (new for old, new in zip(attempts, learnt, strict=True) if new != old))
        stands = rules.standing(
            delivery,
            learnt,
            now,
            ctx.policy,
            receipted=receipted,
            jitter=random.random(),
        )
        changed.append(DeliveryView(stands, learnt))
    await deliveries.save(tx, (view.delivery for view in changed))
    return changed


async def _begin(ctx: Context, tx: Tx, provider: str, room: int) -> tuple[list[Errand], list[DeliveryView]]:
    """Begin attempts on what is due; what makes no sense any more is given up instead."""
    claimed = await deliveries.claim(tx, provider, ctx.now(), room)
    if not claimed:
        return [], []
    tried = await deliveries.attempts_of(tx, [d.delivery_id for d in claimed])
    whom = await _whom(tx, claimed)
    errands, begun, dropped = [], [], []
    for delivery in claimed:
        attempts = tried.get(delivery.delivery_id, [])
        invite, person, session = whom[delivery.invite_id]
        if not _is_wanted(delivery, invite, session):
            dropped.append(DeliveryView(rules.withdraw(delivery, attempts), attempts))
            continue
        if ctx.now() >= delivery.until:
            dropped.append(DeliveryView(rules.too_late(delivery, attempts), attempts))
            continue
        delivery, attempt = rules.begin(delivery, attempts, new_id(), ctx.now(), ctx.policy)
        begun.append(delivery)
        errands.append(Errand(attempt, _outgoing(ctx, delivery, attempt, invite, person, session)))
    await deliveries.save(tx, [*begun, *(view.delivery for view in dropped)])
    await deliveries.begin(tx, [errand.attempt for errand in errands])
    return errands, dropped


def _is_wanted(delivery: Delivery, invite: Invite, session: Session) -> bool:
    """Tell whether a text still says what is so."""
    if delivery.kind == "cancelled":
        return True
    if invite.revoked_at or session.state in (State.CLOSED, State.CANCELLED):
        return False
    # Whoever has come needs no telling when to.
    return delivery.kind == "invitation" or session.state is State.INVITED


async def _whom(tx: Tx, claimed: Sequence[Delivery]) -> dict[str, tuple[Invite, Participant, Session]]:
    """Find invite, person and session of deliveries, by invite id."""
    ids = {delivery.session_id for delivery in claimed}
    found = await sessions.get_many(tx, ids)
    persons = {p.participant_id: p for group in (await people.of_sessions(tx, ids)).values() for p in group}
    return {
        invite.invite_id: (invite, persons[invite.participant_id], found[invite.session_id])
        for invite in await invites.of_sessions(tx, ids)
    }


def _outgoing(
    ctx: Context, delivery: Delivery, attempt: Attempt, invite: Invite, person: Participant, session: Session
) -> Outgoing:
    url = link(ctx.public_url, person.language, invite.token)
    invitation = invitation_of(person, invite.via, session.planned_at)
    words = ctx.compose(delivery.kind, attempt.channel, invitation, url)
    to = person.email if attempt.channel == "email" else person.phone
    assert to is not None
    return Outgoing(
        delivery_id=attempt.delivery_id,
        key=f"{attempt.delivery_id}.{attempt.step}",
        kind=delivery.kind,
        channel=attempt.channel,
        to=to,
        language=person.language,
        link=words.link,
        subject=words.subject,
        text=words.text,
        attempt_id=attempt.attempt_id,
        template=invitation.template(delivery.kind),
        variables=words.variables,
        appointment=_appointment(delivery, session),
    )


def _appointment(delivery: Delivery, session: Session) -> Appointment | None:
    planned_at = session.planned_at
    if planned_at is None or delivery.kind == "reminder":
        return None
    # An invitation moves what a calendar has from before, unless it comes again when the time is over.
    is_told = delivery.kind != "invitation" or planned_at > delivery.created_at
    return Appointment(session.session_id, planned_at) if is_told else None


async def _without_provider(tx: Tx, found: Sequence[Delivery], reason: Reason, now: datetime) -> list[DeliveryView]:
    tried = await deliveries.attempts_of(tx, [d.delivery_id for d in found]) if found else {}
    attempts = [tried.get(delivery.delivery_id, []) for delivery in found]
    moved = [rules.without_provider(d, known, reason, now) for d, known in zip(found, attempts, strict=True)]
    await deliveries.save(tx, moved)
    return [DeliveryView(delivery, known) for delivery, known in zip(moved, attempts, strict=True)]


async def events_of(tx: Tx, changed: Sequence[DeliveryView]) -> list[Event]:
    """Tell owners of what went out or failed, and of the queue where somebody waits already.

    That each of thousands went out would fill a slow line: of bulk only failures are told.
    """
    worth = [view for view in changed if not view.delivery.bulk or view.delivery.state == "failed"]
    if not worth:
        return []
    found = await sessions.get_many(tx, {view.delivery.session_id for view in worth})
    events: list[Event] = [DeliveryChanged(found[view.delivery.session_id].owner_id, view) for view in worth]
    return [*events, *{QueueChanged(s.owner_id): None for s in found.values() if s.waiting_since}]

"""Putting an invite's texts into the outbox: which ones, when they are due, along which ways; and taking them back."""

from datetime import datetime
from typing import Literal

from tc_server.domain import delivery as rules
from tc_server.domain.batch import no_way
from tc_server.domain.delivery import Delivery, Step, TextKind, chain, left_out
from tc_server.domain.invite import Invitation, Invite, require_contact
from tc_server.domain.planning import is_early, reminders
from tc_server.domain.session import Session, State
from tc_server.services.context import Context, new_id
from tc_server.store import deliveries
from tc_server.store.engine import Tx


async def tell(
    ctx: Context,
    tx: Tx,
    session: Session,
    invite: Invite,
    invitation: Invitation,
    kind: Literal["planned", "moved"],
    *,
    bulk: bool = False,
) -> None:
    """Queue what somebody is told of a session: the link if it is for now, else its time, and the reminders."""
    if not is_early(session.planned_at, ctx.now()) or session.state is not State.INVITED:
        await deliver(ctx, tx, session, invite, invitation, bulk=bulk)
        return
    assert session.planned_at is not None
    if kind == "moved" and not _chain(ctx, invitation, kind):
        # Without a template for another time, that of a time will do.
        kind = "planned"
    await deliver(ctx, tx, session, invite, invitation, bulk=bulk, kind=kind, until=session.planned_at)
    for due_at, until in reminders(session.planned_at, ctx.reminders, ctx.now()):
        await deliver(ctx, tx, session, invite, invitation, kind="reminder", due_at=due_at, until=until)


async def deliver(
    ctx: Context,
    tx: Tx,
    session: Session,
    invite: Invite,
    invitation: Invitation,
    *,
    bulk: bool = False,
    kind: TextKind = "invitation",
    due_at: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Queue one text, due now and until the invite expires unless told otherwise; none for the link only.

    Raises ContactMissing, NoProvider.
    """
    now = ctx.now()
    if found := ways(ctx, invitation, kind):
        delivery = Delivery(
            delivery_id=new_id(),
            session_id=session.session_id,
            invite_id=invite.invite_id,
            chain=found,
            created_at=now,
            step_since=due_at or now,
            until=until or invite.expires_at,
            due_at=due_at or now,
            kind=kind,
            bulk=bulk,
        )
        await deliveries.insert(tx, [delivery])


def ways(ctx: Context, invitation: Invitation, kind: TextKind) -> tuple[Step, ...]:
    """List the ways that an invitation's text would be tried; none for the link only.

    Raises ContactMissing, NoProvider.
    """
    if invitation.via == "link":
        return ()
    require_contact(invitation)
    found = _chain(ctx, invitation, kind)
    if not found:
        raise no_way(left_out(invitation.via, invitation.phone, ctx.offers, template=invitation.template(kind)))
    return found


def _chain(ctx: Context, invitation: Invitation, kind: TextKind) -> tuple[Step, ...]:
    template = invitation.template(kind)
    return chain(invitation.via, invitation.phone, invitation.email, ctx.offers, template=template)


async def withdraw(tx: Tx, invite_id: str) -> None:
    """Let what is still queued of an invite's texts be sent no more."""
    found = await deliveries.of_invite(tx, invite_id)
    tried = await deliveries.attempts_of(tx, [delivery.delivery_id for delivery in found])
    await deliveries.save(tx, [rules.withdraw(one, tried.get(one.delivery_id, [])) for one in found])

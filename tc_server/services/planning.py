"""What is planned: the agenda, and planning for another time."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from tc_server.domain.errors import IllegalMove
from tc_server.domain.invite import invitation_of
from tc_server.domain.people import Staff
from tc_server.domain.planning import require_time
from tc_server.domain.session import State
from tc_server.domain.zones import require_zone, zone_beside, zone_of
from tc_server.services import posting
from tc_server.services.context import Context
from tc_server.services.events import SessionChanged
from tc_server.services.sessions import save
from tc_server.services.views import InviteView, find_invite, invite_view, invite_views, person_of
from tc_server.store import invites, people, sessions


async def agenda(ctx: Context, staff: Staff) -> list[InviteView]:
    """List the invites of an account's planned sessions that nobody has come to yet, the next first."""
    async with ctx.store.read() as tx:
        planned = await sessions.planned(tx, staff.account_id)
        found = await invites.of_sessions(tx, [session.session_id for session in planned])
        views = await invite_views(ctx, tx, [one for one in found if one.revoked_at is None])
    order = {session.session_id: number for number, session in enumerate(planned)}
    return sorted(views, key=lambda view: order[view.session.session_id])


async def reschedule(
    ctx: Context, staff: Staff, invite_id: str, planned_at: datetime, timezone: str | None
) -> InviteView:
    """Plan a session that nobody has come to yet for another time, and tell everybody who is invited.

    Raises NotFound, IllegalMove, InvalidTime, InvalidTimezone.
    """
    require_zone(timezone)
    require_time(planned_at, ctx.now())
    async with ctx.store.write() as tx:
        stored, session = await find_invite(tx, staff, invite_id)
        if stored.revoked_at or session.state is not State.INVITED:
            raise IllegalMove("reschedule", session.state, session.possible())
        asked = await person_of(tx, stored)
        zone = zone_of(timezone or asked.timezone, asked.phone, planned_at)
        told: Literal["planned", "moved"] = "moved" if session.planned_at else "planned"
        expires_at = planned_at + ctx.retention.invite
        session = await save(ctx, tx, replace(session, planned_at=planned_at, expires_at=expires_at))
        for one in await invites.of_sessions(tx, [session.session_id]):
            if one.revoked_at is None:
                one = replace(one, expires_at=expires_at)
                await invites.save(tx, one)
                person = await person_of(tx, one)
                theirs = zone if one.invite_id == invite_id else person.timezone
                person = replace(person, coming=None, timezone=theirs or zone_beside(zone, person.phone, planned_at))
                await people.seal(tx, person)
                await people.save(tx, person)
                await posting.withdraw(tx, one.invite_id)
                await posting.tell(ctx, tx, session, one, invitation_of(person, one.via), told)
        view = await invite_view(ctx, tx, invite_id)
    ctx.wake_outbox()
    ctx.announce(SessionChanged(session.session_id, staff.account_id))
    return view

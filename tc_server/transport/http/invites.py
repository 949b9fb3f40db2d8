"""Invites, and adding people to a session."""

from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody

from tc_server.domain.invite import Invitation
from tc_server.services import invites, planning
from tc_server.transport import present
from tc_server.transport.auth import AnyStaff, Ctx
from tc_server.transport.http.lists import Cursor, Limit, States, cursor, states
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=200,
        description="A key of the client's own; the same one again gives the same answer and makes nothing new.",
    ),
]

_STAFF = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED)
_REFUSED = (
    Code.INVALID_PHONE,
    Code.INVALID_EMAIL,
    Code.CONTACT_MISSING,
    Code.NO_PROVIDER,
    Code.UNKNOWN_LANGUAGE,
)
_TIME = (Code.INVALID_TIME, Code.INVALID_TIMEZONE)
_ONE = (*_STAFF, Code.NOT_FOUND, Code.ERASED)


@post("/invites", responses=documented(*_STAFF, *_REFUSED, *_TIME))
async def create(
    ctx: Ctx, staff: AnyStaff, data: JSONBody[bodies.InviteRequest], idempotency_key: IdempotencyKey = None
) -> bodies.Invite:
    """Invite somebody to a new session."""
    return present.invite(await invites.create(ctx, staff, data.kind, _invitation(data), idempotency_key))


@post("/invites/preview", status_code=200, responses=documented(*_STAFF, *_REFUSED, *_TIME))
async def preview(ctx: Ctx, staff: AnyStaff, data: JSONBody[bodies.InviteRequest]) -> bodies.Previews:
    """Show what would be sent, per channel; nothing is."""
    found = await invites.preview(ctx, _invitation(data))
    return bodies.Previews(items=[present.preview(p) for p in found], next=None)


@get("/invites", responses=documented(*_STAFF))
async def list_invites(
    ctx: Ctx, staff: AnyStaff, only: States = None, after: Cursor = None, limit: Limit = 100
) -> bodies.Invites:
    """List invites, newest first."""
    items = [present.invite(v) for v in await invites.listed(ctx, staff, states(only), after, limit)]
    return bodies.Invites(items=items, next=cursor(items, limit, "invite_id"))


@get("/invites/{invite_id:str}", responses=documented(*_ONE))
async def show(ctx: Ctx, staff: AnyStaff, invite_id: FromPath[str]) -> bodies.Invite:
    """Show an invite with its deliveries."""
    return present.invite(await invites.show(ctx, staff, invite_id))


@post(
    "/invites/{invite_id:str}/resend",
    status_code=200,
    responses=documented(*_ONE, Code.ILLEGAL_MOVE, Code.CONTACT_MISSING, Code.NO_PROVIDER),
)
async def resend(
    ctx: Ctx, staff: AnyStaff, invite_id: FromPath[str], data: JSONBody[bodies.ResendRequest]
) -> bodies.Invite:
    """Send an invite's text once more."""
    return present.invite(await invites.resend(ctx, staff, invite_id, data.via))


@post("/invites/{invite_id:str}/reschedule", status_code=200, responses=documented(*_ONE, *_TIME, Code.ILLEGAL_MOVE))
async def reschedule(
    ctx: Ctx, staff: AnyStaff, invite_id: FromPath[str], data: JSONBody[bodies.RescheduleRequest]
) -> bodies.Invite:
    """Plan a session for another time, and tell whoever is invited."""
    return present.invite(await planning.reschedule(ctx, staff, invite_id, data.at, data.timezone))


@get("/agenda", responses=documented(*_STAFF))
async def agenda(ctx: Ctx, staff: AnyStaff) -> bodies.Invites:
    """List what is planned and nobody has come to yet, the next first."""
    return bodies.Invites(items=[present.invite(v) for v in await planning.agenda(ctx, staff)], next=None)


@post("/invites/{invite_id:str}/revoke", status_code=200, responses=documented(*_ONE, Code.ILLEGAL_MOVE))
async def revoke(ctx: Ctx, staff: AnyStaff, invite_id: FromPath[str]) -> bodies.Invite:
    """Take an invite back."""
    return present.invite(await invites.revoke(ctx, staff, invite_id))


@post("/invites/{invite_id:str}/rotate", status_code=200, responses=documented(*_ONE, Code.ILLEGAL_MOVE))
async def rotate(ctx: Ctx, staff: AnyStaff, invite_id: FromPath[str]) -> bodies.Invite:
    """Change an invite's link; the old one and its devices end."""
    return present.invite(await invites.rotate(ctx, staff, invite_id))


@post("/sessions/{session_id:str}/participants", responses=documented(*_ONE, *_REFUSED, Code.ILLEGAL_MOVE))
async def add_person(
    ctx: Ctx,
    staff: AnyStaff,
    session_id: FromPath[str],
    data: JSONBody[bodies.PersonRequest],
    idempotency_key: IdempotencyKey = None,
) -> bodies.Invite:
    """Invite one more person to a session."""
    invitation = Invitation(
        name=data.name,
        role=data.role,
        language=data.language,
        phone=data.phone,
        email=data.email,
        via=data.via,
    )
    return present.invite(await invites.add_person(ctx, staff, session_id, invitation, idempotency_key))


@delete(
    "/sessions/{session_id:str}/participants/{participant_id:str}",
    status_code=200,
    responses=documented(*_ONE, Code.ILLEGAL_MOVE),
)
async def remove_person(
    ctx: Ctx, staff: AnyStaff, session_id: FromPath[str], participant_id: FromPath[str]
) -> bodies.Session:
    """Take somebody out of a session."""
    return present.session(await invites.remove_person(ctx, staff, session_id, participant_id))


def _invitation(data: bodies.InviteRequest) -> Invitation:
    return Invitation(
        name=data.name,
        role="service-user" if data.kind == "remote" else "colleague",
        language=data.language,
        phone=data.phone,
        email=data.email,
        via=data.via,
        note=data.note,
        at=data.at,
        timezone=data.timezone,
    )


routes = [
    create,
    preview,
    list_invites,
    show,
    resend,
    reschedule,
    agenda,
    revoke,
    rotate,
    add_person,
    remove_person,
]

"""Inviting many at once."""

from litestar import post
from litestar.params import JSONBody

from tc_server.domain.batch import Row
from tc_server.services import batches
from tc_server.transport import present
from tc_server.transport.auth import AnyStaff, Ctx
from tc_server.transport.problems import documented
from tc_server.wire.batches import BatchAnswer, BatchRequest, BatchRow
from tc_server.wire.codes import Code


@post(
    "/invites/batch",
    status_code=200,
    responses=documented(Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.TOO_LARGE),
)
async def invite_all(ctx: Ctx, staff: AnyStaff, data: JSONBody[BatchRequest]) -> BatchAnswer:
    """Invite many, each to a session of their own; every row has its own outcome."""
    work = batches.check_all if data.check else batches.invite_all
    return BatchAnswer(rows=[present.batch_outcome(o) for o in await work(ctx, staff, [_row(r) for r in data.rows])])


def _row(row: BatchRow) -> Row:
    return Row(
        key=row.key,
        name=row.name,
        kind=row.kind,
        phone=row.phone,
        email=row.email,
        language=row.language,
        via=row.via,
        note=row.note,
        at=row.at,
        timezone=row.timezone,
    )


routes = [invite_all]

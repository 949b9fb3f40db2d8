"""Files in chat: up as raw bytes, down as attachments that no browser will run."""

from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote, unquote

from litestar import Request, Response, get, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, HeaderParameter, PathParameter

from tc_server.services import files
from tc_server.services.context import Context
from tc_server.transport import present
from tc_server.transport.auth import AnyViewer, Ctx
from tc_server.transport.http.chat import repeated
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_ONE = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.NOT_FOUND, Code.ERASED)
_WRITE = (Code.ILLEGAL_MOVE, Code.SESSION_ENDED, Code.CLIENT_ID_TAKEN)
_DRAINED = 64_000_000
"""How much of a file that is too big is read all the same, so that its sender hears the answer."""

ClientId = Annotated[str, PathParameter(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
FileName = Annotated[
    str | None,
    HeaderParameter(name="X-File-Name", max_length=1000, description="The file's name, percent-encoded UTF-8."),
]


@dataclass
class Upload(Operation):
    """The documentation of a body of raw bytes."""

    request_body: Any = field(
        default_factory=lambda: RequestBody(
            required=True,
            content={
                type_: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
                for type_ in ("application/octet-stream", "image/jpeg", "image/png", "image/webp", "application/pdf")
            },
        )
    )


@put(
    "/sessions/{session_id:str}/files/{client_id:str}",
    status_code=201,
    operation_class=Upload,
    request_max_body_size=None,
    responses=repeated | documented(*_ONE, *_WRITE, Code.FILE_TYPE, Code.FILE_BROKEN, Code.FILE_SIZE),
)
async def upload(
    ctx: Ctx,
    viewer: AnyViewer,
    request: Request[Any, Any, Any],
    session_id: FromPath[str],
    client_id: ClientId,
    file_name: FileName = None,
) -> Response[bodies.Message]:
    """Send a photo or a PDF; the same `client_id` again changes nothing."""
    data = await _body(ctx, request)
    declared = request.headers.get("content-type", "")
    name = unquote(file_name or "", errors="replace")
    said = await files.put(ctx, viewer, session_id, client_id, data, declared, name)
    return Response(present.message(said.entry), status_code=200 if said.repeated else 201)


@get(
    "/sessions/{session_id:str}/files/{file_id:str}",
    media_type="application/octet-stream",
    responses=documented(*_ONE)
    | {200: ResponseSpec(bytes, generate_examples=False, media_type="*/*", description="The file.")},
)
async def download(ctx: Ctx, viewer: AnyViewer, session_id: FromPath[str], file_id: FromPath[str]) -> Response[bytes]:
    """Fetch a file."""
    file, data = await files.get(ctx, viewer, session_id, file_id)
    return Response(
        data,
        media_type=file.type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


async def _body(ctx: Context, request: Request[Any, Any, Any]) -> bytes:
    data = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= ctx.max_file:
            data += chunk
        if size > _DRAINED:
            break
    if size > ctx.max_file:
        raise files.too_big(ctx.max_file)
    return bytes(data)


routes = [upload, download]

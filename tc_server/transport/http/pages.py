"""The pages that browsers get, and the files under `/web/`."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from tc_server import web
from tc_server.locales import languages, match
from tc_server.settings import Settings
from tc_server.transport.auth import Ctx
from tc_server.transport.http.lost import LostLinks

Config = NamedDependency[SkipValidation[Settings]]
AnyRequest = Request[Any, Any, Any]


@get("/j", include_in_schema=False)
async def page_by_header(request: AnyRequest, settings: Config) -> Response[bytes]:
    """Serve the page in the browser's language."""
    return _page(request, settings, match(request.headers.get("accept-language")))


@get("/j/{language:str}", include_in_schema=False)
async def page(request: AnyRequest, settings: Config, language: FromPath[str]) -> Response[bytes]:
    """Serve the page in the language of the link; an unknown one falls back to the browser's."""
    return _page(request, settings, _known(request, language))


@get("/call", include_in_schema=False)
async def call_page(request: AnyRequest, settings: Config) -> Response[bytes]:
    """Serve staff's call page in the browser's language."""
    language = match(request.headers.get("accept-language"))
    body = web.call_page(language, organisation=settings.organisation, video=settings.video)
    return _html(request, web.pack(body, _HTML))


@get("/test", include_in_schema=False)
async def device_page_by_header(request: AnyRequest, settings: Config) -> Response[bytes]:
    """Serve the device test in the browser's language."""
    return _device_page(request, settings, match(request.headers.get("accept-language")))


@get("/test/{language:str}", include_in_schema=False)
async def device_page(request: AnyRequest, settings: Config, language: FromPath[str]) -> Response[bytes]:
    """Serve the device test in a language; an unknown one falls back to the browser's."""
    return _device_page(request, settings, _known(request, language))


@get("/lost", include_in_schema=False)
async def lost_page_by_header(request: AnyRequest, settings: Config) -> Response[bytes]:
    """Serve the page for a lost link in the browser's language."""
    return _lost_page(request, settings, match(request.headers.get("accept-language")))


@get("/lost/{language:str}", include_in_schema=False)
async def lost_page(request: AnyRequest, settings: Config, language: FromPath[str]) -> Response[bytes]:
    """Serve the page for a lost link in a language; an unknown one falls back to the browser's."""
    return _lost_page(request, settings, _known(request, language))


@post("/lost/{language:str}", include_in_schema=False)
async def ask_for_link(request: AnyRequest, lost: LostLinks, language: FromPath[str]) -> Response[bytes]:
    """Take the form of a browser; leading on to another address keeps a reload from asking again."""
    lost.ask(_field(await request.body(), "contact"))
    headers = {"Location": f"/lost/{_known(request, language)}?asked", "Cache-Control": "no-store"}
    return Response(b"", status_code=303, headers=headers)


@get("/", include_in_schema=False)
async def harmless(request: AnyRequest) -> Response[bytes]:
    """Serve a page that gives nothing away."""
    found = web.pack(web.harmless(language=match(request.headers.get("accept-language"))), _HTML)
    # A quick exit ends here: what script can't delete goes now. Browsers heed it on https.
    return _html(request, found, {"Clear-Site-Data": '"cookies", "storage"'})


@get("/web/{path:path}", include_in_schema=False)
async def asset(request: AnyRequest, ctx: Ctx, path: FromPath[str]) -> Response[bytes]:
    """Serve a file; with its hash in the address a browser keeps it for good."""
    name = path.lstrip("/")
    if name == "manifest.json":
        found: web.Asset | None = web.pack(web.manifest(ctx.organisation), "application/manifest+json")
    elif name in _TEXTS:
        found = web.pack(web.call_texts(_TEXTS[name]), web.JSON)
    else:
        found = web.assets().get(name)
    if found is None:
        return Response(b"", status_code=404)
    kept = "public, max-age=31536000, immutable" if request.query_params.get("v") == found.hash else "no-cache"
    return _sent(request, found, {"Cache-Control": kept})


_HTML = "text/html; charset=utf-8"
_TEXTS = {f"texts/{language.code}.json": language.code for language in languages()}


def _known(request: AnyRequest, language: str) -> str:
    known = {x.code for x in languages()}
    return language if language in known else match(request.headers.get("accept-language"))


def _device_page(request: AnyRequest, settings: Settings, language: str) -> Response[bytes]:
    body = web.device_page(language, organisation=settings.organisation, exit_url=settings.exit_url)
    return _html(request, web.pack(body, _HTML))


def _lost_page(request: AnyRequest, settings: Settings, language: str) -> Response[bytes]:
    asked = "asked" in request.query_params
    body = web.lost_page(language, organisation=settings.organisation, exit_url=settings.exit_url, asked=asked)
    return _html(request, web.pack(body, _HTML), has_form=True)


def _field(body: bytes, name: str) -> str:
    """Take a field of a form; whatever else it is, is an empty one."""
    try:
        return parse_qs(body.decode(errors="replace"), max_num_fields=10).get(name, [""])[0]
    except ValueError:
        return ""


def _page(request: AnyRequest, settings: Settings, language: str) -> Response[bytes]:
    body = web.page(
        language,
        organisation=settings.organisation,
        retention=settings.retention.closed,
        max_file=settings.max_file,
        exit_url=settings.exit_url,
        video=settings.video,
    )
    return _html(request, web.pack(body, _HTML))


def _html(
    request: AnyRequest, found: web.Asset, more: dict[str, str] | None = None, *, has_form: bool = False
) -> Response[bytes]:
    secure = request.url.scheme == "https"
    host = request.headers.get("host", "")
    policy = web.content_security_policy(host, secure=secure, has_form=has_form)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Vary": "Accept-Encoding, Accept-Language",
    }
    return _sent(request, found, headers | (more or {}))


def _sent(request: AnyRequest, found: web.Asset, headers: dict[str, str]) -> Response[bytes]:
    headers = (
        {"Vary": "Accept-Encoding"}
        | headers
        | {
            "ETag": f'"{found.hash}"',
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
    )
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    # The framework adds the charset to text by itself.
    media_type = found.content_type.partition(";")[0]
    if found.gzip and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.gzip, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.body, media_type=media_type, headers=headers)


routes = [
    page_by_header,
    page,
    call_page,
    device_page_by_header,
    device_page,
    lost_page_by_header,
    lost_page,
    ask_for_link,
    harmless,
    asset,
]

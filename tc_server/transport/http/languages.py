"""The languages that people are spoken to in, and what staff may say in them with one key."""

from litestar import get
from litestar.params import FromPath

from tc_server.locales import languages
from tc_server.services import phrases
from tc_server.transport.auth import AnyStaff
from tc_server.transport.problems import documented
from tc_server.wire import bodies
from tc_server.wire.codes import Code

_PHRASES = (Code.NOT_LOGGED_IN, Code.NOT_ALLOWED, Code.UNKNOWN_LANGUAGE)


@get("/languages")
async def list_languages() -> bodies.Languages:
    """List the languages of the page."""
    items = [bodies.Language(code=x.code, name=x.name, dir=x.dir, reviewed=x.reviewed) for x in languages()]
    return bodies.Languages(items=items, next=None)


@get("/languages/{code:str}/phrases", responses=documented(*_PHRASES))
async def list_phrases(staff: AnyStaff, code: FromPath[str]) -> bodies.Phrases:
    """List the quick phrases in a language, in the order of a conversation."""
    items = [bodies.Phrase(phrase_id=x, text=text) for x, text in phrases.phrases(staff, code).items()]
    return bodies.Phrases(items=items, next=None)


routes = [list_languages, list_phrases]

"""The files under `/web/`, each named with a hash of its content so that a browser may keep it for good."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent

TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_PACKED: Final = (".css", ".js", ".svg")
_COMMENT: Final = re.compile(r"^ *(?://.*|/\*\*(?:(?!\*/)[^\0])*\*/)\n", re.MULTILINE)
_IMPORT: Final = re.compile(r"""(from |await import\()(["'])\./([\w-]+\.js)\2""")


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing to serve. `hash` also serves as its ETag; `gzip` is None where packing gains nothing."""

    body: bytes
    content_type: str
    hash: str
    gzip: bytes | None


@lru_cache(64)
def pack(body: bytes, content_type: str) -> Asset:
    """Make an Asset of bytes that compress well."""
    return Asset(body, content_type, _digest(body), gzip.compress(body, 9, mtime=0))


@cache
def assets() -> Mapping[str, Asset]:
    """Return every file by its path under `/web/`, such as `js/join.js`."""
    paths = (path for path in sorted(HERE.rglob("*")) if path.suffix in TYPES)
    return {name: _load(name) for name in (path.relative_to(HERE).as_posix() for path in paths)}


def url(name: str) -> str:
    """Return where a file is fetched from: its content's hash is part of it."""
    return f"/web/{name}?v={_load(name).hash}"


@cache
def _load(name: str) -> Asset:
    path = HERE / name
    # Comments are for whoever reads the sources: on a slow phone they would be a third of the way.
    body = path.read_bytes()
    if path.suffix == ".js":
        body = _with_hashed_imports(_COMMENT.sub("", body.decode())).encode()
    kind = TYPES[path.suffix]
    return pack(body, kind) if path.suffix in _PACKED else Asset(body, kind, _digest(body), None)


def _with_hashed_imports(source: str) -> str:
    """Add to each module imported its own hash; modules may therefore not import each other in a circle."""
    return _IMPORT.sub(lambda found: f'{found[1]}"{url("js/" + found[3])}"', source)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]

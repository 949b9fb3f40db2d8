"""Keys and sealing: a key per session, wrapped by the server's secret key; hashes to look things up by."""

import hashlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncConnection

from tc_server.store.tables import session_keys, sessions

T = TypeVar("T")

_NONCE = 12
_CACHED_KEYS = 4096
_INSERT = sa.insert(session_keys)


class LostKey(Exception):
    """A session's key is gone, or doesn't open with this server's secret key: what it sealed can't be read again."""


class SessionKey:
    """Seals and opens what belongs to one session or account: AES-256-GCM, random 96-bit nonce before the ciphertext.

    A label binds each blob to its place, so that one can't be put in another's stead.
    """

    __slots__ = ("_aead", "_session_id")

    def __init__(self, session_id: str, key: bytes) -> None:
        self._session_id = session_id.encode()
        self._aead = AESGCM(key)

    def seal_bytes(self, label: str, data: bytes) -> bytes:
        """Seal bytes under a label; 28 bytes longer than the data."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, data, self._bound(label))

    def open_bytes(self, label: str, blob: bytes) -> bytes:
        """Open what `seal_bytes` sealed under the same label; raises LostKey."""
        try:
            return self._aead.decrypt(blob[:_NONCE], blob[_NONCE:], self._bound(label))
        except (InvalidTag, ValueError) as fault:
            raise LostKey from fault

    def seal(self, label: str, value: object) -> bytes:
        """Seal a value that JSON can hold."""
        return self.seal_bytes(label, msgspec.json.encode(value))

    def open(self, label: str, blob: bytes, type_: type[T]) -> T:
        """Open a sealed value as `type_`; raises LostKey."""
        return msgspec.json.decode(self.open_bytes(label, blob), type=type_)

    def _bound(self, label: str) -> bytes:
        return label.encode() + b":" + self._session_id


class Vault:
    """The server's secret key, and through it every session's key."""

    def __init__(self, secret: bytes) -> None:
        self._wrap = AESGCM(_derive(secret, b"wrap"))
        self._lookup = _derive(secret, b"lookup")
        self._receipt = _derive(secret, b"receipt")
        self._accounts = _derive(secret, b"accounts")
        self._cache: OrderedDict[str, SessionKey] = OrderedDict()

    async def create(self, conn: AsyncConnection, session_id: str) -> SessionKey:
        """Make a new session's key and keep it, wrapped."""
        key = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE)
        wrapped = nonce + self._wrap.encrypt(nonce, key, session_id.encode())
        await conn.execute(_INSERT, {"session_id": session_id, "wrapped": wrapped})
        # Whoever makes a session seals something under its key at once.
        self._remember(session_id, made := SessionKey(session_id, key))
        return made

    async def keys(self, conn: AsyncConnection, session_ids: Iterable[str]) -> dict[str, SessionKey]:
        """Fetch the keys of sessions by id; raises LostKey if one is missing."""
        wanted = set(session_ids)
        found = {i: self._cache[i] for i in wanted if i in self._cache}
        missing = wanted - found.keys()
        if missing:
            rows = await conn.execute(
                sa.select(session_keys.c.session_id, session_keys.c.wrapped).where(
                    session_keys.c.session_id.in_(missing)
                )
            )
            found |= {session_id: self._unwrap(session_id, wrapped) for session_id, wrapped in rows}
            if len(found) < len(wanted):
                raise LostKey
        for session_id, key in found.items():
            self._remember(session_id, key)
        return found

    async def destroy(self, conn: AsyncConnection, session_id: str) -> None:
        """Destroy a session's key; from the commit on nothing that it sealed can be opened."""
        await conn.execute(sa.delete(session_keys).where(session_keys.c.session_id == session_id))
        self.forget(session_id)

    async def opens_any(self, conn: AsyncConnection) -> bool:
        """Tell whether the secret key opens a session's key; True if there is none yet."""
        row = (await conn.execute(sa.select(session_keys.c.session_id, session_keys.c.wrapped).limit(1))).one_or_none()
        if row is None:
            return True
        try:
            self._unwrap(*row)
        except LostKey:
            return False
        return True

    async def lost(self, conn: AsyncConnection) -> list[str]:
        """List the sessions whose keys are gone, as after restoring a copy of the database alone."""
        have = sa.select(session_keys.c.session_id)
        query = sa.select(sessions.c.session_id).where(sessions.c.session_id.not_in(have))
        return list((await conn.execute(query)).scalars())

    async def drop_orphans(self, conn: AsyncConnection) -> None:
        """Destroy keys whose sessions are gone, as after a kill between two commits."""
        have = sa.select(sessions.c.session_id)
        await conn.execute(sa.delete(session_keys).where(session_keys.c.session_id.not_in(have)))

    def forget(self, session_id: str) -> None:
        """Drop a key from memory."""
        self._cache.pop(session_id, None)

    def account_key(self, account_id: str) -> SessionKey:
        """Derive an account's own key; what it sealed ends with its row, since the key can't be destroyed."""
        return SessionKey(account_id, _derive(self._accounts, account_id.encode()))

    def lookup_hash(self, kind: str, value: str) -> bytes:
        """Hash a contact under the server's key, to find it without keeping it readable; 32 bytes."""
        return hmac.digest(self._lookup, f"{kind}:{value}".encode(), "sha256")

    def sign_receipt(self, content: bytes) -> str:
        """Sign a receipt's content (HMAC-SHA-256, hex), so that the server can tell its own."""
        return hmac.new(self._receipt, content, hashlib.sha256).hexdigest()

    def _unwrap(self, session_id: str, wrapped: bytes) -> SessionKey:
        try:
            key = self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], session_id.encode())
        except (InvalidTag, ValueError) as fault:
            raise LostKey from fault
        return SessionKey(session_id, key)

    def _remember(self, session_id: str, key: SessionKey) -> None:
        self._cache[session_id] = key
        self._cache.move_to_end(session_id)
        while len(self._cache) > _CACHED_KEYS:
            self._cache.popitem(last=False)


def hash_token(token: str) -> bytes:
    """Hash a random token of at least 128 bits for look-up; no key is needed against guessing. 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


def load_secret(path: Path) -> bytes:
    """Read the server's secret key, or make one (32 random bytes as hex, mode 0600) on the first run.

    Raises ValueError if the file doesn't hold one.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return load_secret(path)
    return parse_secret(text)


def parse_secret(text: str) -> bytes:
    """Read a secret key written as 64 hexadecimal digits; raises ValueError."""
    secret = bytes.fromhex(text)
    if len(secret) != 32:
        raise ValueError("the secret key must be 64 hexadecimal digits (32 bytes)")
    return secret


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"teleconnect:" + purpose).derive(secret)

"""The drawer: what one account has typed here and not sent, kept on disk sealed, across restarts.

Pure memory between `open` and `save`; both may run in a thread. The key rests where tokens do (see tokens.py). Of two
programs with the same drawer open the last to save wins.
"""

import base64
import contextlib
import hashlib
import os
import threading
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tc_cli.client import paths, tokens
from tc_server.wire.bodies import Session

NONCE = 12
KEY = 32


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A message, or the file at `path`, that the server hasn't acknowledged. `refused` says why it won't take it."""

    client_id: str
    session_id: str
    text: str
    path: Path | None = None
    at: datetime
    refused: str | None = None


class Slot(msgspec.Struct):
    """What is kept for one session; `session` tells without a network whom it is for."""

    draft: str = ""
    unsent: list[Unsent] = []
    session: Session | None = None

    @property
    def empty(self) -> bool:
        return not self.draft and not self.unsent


class Drawer:
    """One account's drawer on one server. Changes are in memory until `save`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._slots: dict[str, Slot] = {}
        self._saved: bytes | None = None
        self._open = threading.Lock()
        self._writing = threading.Lock()

    @classmethod
    def open(cls, server: str, user_id: str) -> "Drawer":
        """Open what was saved for this account; never fails: what can't be read is put aside as `*.damaged`."""
        drawer = cls(_name(server, user_id))
        try:
            content = _unseal(drawer._path.read_bytes(), drawer._name)
            slots = msgspec.json.decode(content, type=dict[str, Slot], dec_hook=_read_path)
        except FileNotFoundError:
            return drawer
        except (OSError, ValueError, msgspec.DecodeError):
            with contextlib.suppress(OSError):
                drawer._path.replace(drawer._aside)
            return drawer
        drawer._saved = content
        drawer._slots = {session_id: slot for session_id, slot in slots.items() if not _is_over(slot)}
        return drawer

    def draft(self, session_id: str) -> str:
        """Return what stands half written; empty if nothing does."""
        slot = self._slots.get(session_id)
        return slot.draft if slot else ""

    def unsent(self, session_id: str) -> tuple[Unsent, ...]:
        """Return what waits to be sent, oldest first."""
        slot = self._slots.get(session_id)
        return tuple(slot.unsent) if slot else ()

    def sessions(self) -> dict[str, Session | None]:
        """Return the sessions that something is kept for, each as it was last known."""
        return {session_id: slot.session for session_id, slot in self._slots.items() if not slot.empty}

    def know(self, session: Session) -> None:
        """Remember how a session is, should something be kept for it."""
        with self._open:
            self._slot(session.session_id).session = session

    def keep_draft(self, session_id: str, text: str) -> None:
        with self._open:
            self._slot(session_id).draft = text

    def put(self, unsent: Unsent) -> None:
        """Keep a message until it is taken out; one of the same client id is replaced in its place."""
        with self._open:
            line = self._slot(unsent.session_id).unsent
            place = _place(line, unsent.client_id)
            if place is None:
                line.append(unsent)
            else:
                line[place] = unsent

    def take(self, session_id: str, client_id: str) -> Unsent | None:
        """Take a message out, because it has been sent or isn't wanted any more; None if it isn't here."""
        with self._open:
            line = self._slots[session_id].unsent if session_id in self._slots else []
            place = _place(line, client_id)
            return None if place is None else line.pop(place)

    def forget(self, session_id: str) -> None:
        """Drop all that is kept for a session, as when it is erased."""
        with self._open:
            self._slots.pop(session_id, None)

    def keep_only(self, session_ids: Collection[str]) -> None:
        """Forget every session but these: call it with all that the server still has."""
        with self._open:
            self._slots = {session_id: slot for session_id, slot in self._slots.items() if session_id in session_ids}

    def save(self) -> None:
        """Write what has changed since the last time, in one step; an empty drawer leaves no file. Raises OSError."""
        with self._writing:
            content = self._content()
            if content == self._saved:
                return
            if content is None:
                self._path.unlink(missing_ok=True)
            else:
                paths.write_private(self._path, _seal(content, self._name))
            self._saved = content

    def remove(self) -> None:
        """Drop everything, and the key with it, as a logout does."""
        with self._writing, self._open:
            self._slots, self._saved = {}, None
            self._path.unlink(missing_ok=True)
            self._aside.unlink(missing_ok=True)
            tokens.clear(_key_name(self._name))

    @property
    def _path(self) -> Path:
        return paths.drawers() / self._name

    @property
    def _aside(self) -> Path:
        return paths.drawers() / f"{self._name}.damaged"

    def _slot(self, session_id: str) -> Slot:
        return self._slots.setdefault(session_id, Slot())

    def _content(self) -> bytes | None:
        with self._open:
            kept = {session_id: slot for session_id, slot in self._slots.items() if not slot.empty}
            return msgspec.json.encode(kept, enc_hook=str) if kept else None


def _name(server: str, user_id: str) -> str:
    return hashlib.sha256(f"{server}\n{user_id}".encode()).hexdigest()[:32]


def _key_name(name: str) -> str:
    # No profile's name begins so.
    return f"_drawer-{name}"


def _place(line: list[Unsent], client_id: str) -> int | None:
    return next((place for place, unsent in enumerate(line) if unsent.client_id == client_id), None)


def _is_over(slot: Slot) -> bool:
    """Say whether the server has erased the session by now, whether or not it can be asked."""
    erase_at = slot.session.erase_at if slot.session else None
    return erase_at is not None and erase_at <= datetime.now(UTC)


def _read_path(kind: type, given: Any) -> Any:
    return kind(given)


def _seal(content: bytes, name: str) -> bytes:
    """Seal by AES-256-GCM under this drawer's key, made if there is none, as nonce and ciphertext."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(name) or _new_key(name)).encrypt(nonce, content, name.encode())


def _unseal(sealed: bytes, name: str) -> bytes:
    """Open what `_seal` made; raise ValueError if it can't be."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _key(name)
    if key is None:
        raise ValueError("there is no key")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except InvalidTag as error:
        raise ValueError("this key doesn't open it") from error


def _key(name: str) -> bytes | None:
    try:
        key = base64.b64decode(tokens.find(_key_name(name)) or "", validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY else None


def _new_key(name: str) -> bytes:
    key = os.urandom(KEY)
    tokens.keep(_key_name(name), base64.b64encode(key).decode(), in_keyring=tokens.keyring_works())
    return key

"""The provider `folder`: one readable file per message, for trying out and for sites that carry messages by hand."""

import asyncio
import os
from pathlib import Path

from tc_server.delivery.provider import Health
from tc_server.domain.delivery import Channel, Outcome, Reason, Result
from tc_server.services.context import Outgoing
from tc_server.settings import Settings

NAME = "folder"


def provider(settings: Settings) -> "Folder":
    """Set it up; there is always a data folder."""
    return Folder(settings.data / "outbox")


class Folder:
    """Writes messages into a folder (mode 0700, files 0600), named by their delivery's id."""

    name = NAME
    channels: tuple[Channel, ...] = ("sms", "email", "whatsapp")
    remembers = True
    receipts = False
    width = 8
    templates: frozenset[str] | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: Outgoing) -> Outcome:
        """Write one message; whole or not at all."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as fault:
            return Outcome(Result.BROKEN, Reason.NOT_WRITTEN, fault.strerror or "")
        return Outcome(Result.ACCEPTED)

    async def check(self) -> Health:
        """Find out whether the folder can be written."""
        try:
            self._make()
        except OSError as fault:
            return Health("failed", f"{self._folder} can't be written: {fault.strerror}", "Check who owns it.")
        return Health(
            "warning",
            f"messages are written to {self._folder}",
            "Nothing is sent by itself: pass on the links by hand, or set up email with TC_SMTP_URL.",
        )

    async def close(self) -> None:
        """Have nothing to let go of."""

    def forget(self, delivery_id: str) -> None:
        """Remove a message, whole or half written; one that isn't there is fine."""
        path = self._path(delivery_id)
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)

    def ids(self) -> set[str]:
        """List the deliveries that there are files of."""
        try:
            return {path.stem for path in self._folder.iterdir()}
        except OSError:
            return set()

    def _write(self, message: Outgoing) -> None:
        self._make()
        head = f"To: {message.to}\nChannel: {message.channel}\n"
        if message.subject:
            head += f"Subject: {message.subject}\n"
        part = self._path(message.delivery_id).with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{head}\n{message.text}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path(message.delivery_id))

    def _make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")

    def _path(self, delivery_id: str) -> Path:
        return self._folder / f"{delivery_id}.txt"

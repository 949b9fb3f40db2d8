"""The provider `folder`: one readable file per message, for trying out and for sites that carry messages by hand."""

import os
from pathlib import Path

from tc_server.domain.invite import Delivery

NAME = "folder"


class Folder:
    """Writes messages into a folder (mode 0700, files 0600), named by their delivery's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, delivery: Delivery) -> None:
        """Write one message; whole or not at all. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        head = f"To: {delivery.to}\nChannel: {delivery.channel}\n"
        if delivery.subject:
            head += f"Subject: {delivery.subject}\n"
        part = self._path(delivery.delivery_id).with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{head}\n{delivery.text}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path(delivery.delivery_id))

    def forget(self, delivery_id: str) -> None:
        """Remove a message, whole or half written; one that isn't there is fine."""
        path = self._path(delivery_id)
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)

    def _path(self, delivery_id: str) -> Path:
        return self._folder / f"{delivery_id}.txt"

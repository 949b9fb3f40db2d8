"""A WebSocket client that costs next to nothing, so that it is the server that is measured (RFC 6455)."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

_MASK_OF_ZEROS = b"\0\0\0\0"


class Socket(asyncio.Protocol):
    """One client link. Text frames are handed to `heard` as bytes; pings are answered."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self.heard = heard
        self._transport: asyncio.Transport | None = None
        self._open = asyncio.get_running_loop().create_future()
        self._buffer = bytearray()
        self._upgraded = False

    @classmethod
    async def connect(cls, url: str, headers: dict[str, str], heard: Callable[[bytes], None]) -> Self:
        """Open a link to a ws:// address."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, link = await loop.create_connection(lambda: cls(heard), parts.hostname, parts.port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {parts.path}{'?' + parts.query if parts.query else ''} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        link._write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await link._open
        return link

    def send(self, payload: bytes, opcode: int = 1) -> None:
        """Send a frame. Masked with zeros: the same bytes on the wire as any mask, and no work to make them."""
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        self._write(head + _MASK_OF_ZEROS + payload)

    def close(self) -> None:
        """Drop the link."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods of asyncio.Transport, not its type.
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            status = bytes(self._buffer[:end]).split(b"\r\n")[0]
            del self._buffer[: end + 4]
            if b" 101 " not in status:
                self._open.set_exception(ConnectionError(status.decode()))
                return
            self._upgraded = True
            self._open.set_result(None)
        self._take_frames()

    def _take_frames(self) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            opcode, size, start = buffer[at] & 0x0F, buffer[at + 1] & 0x7F, at + 2
            if size == 126:
                if len(buffer) < start + 2:
                    break
                size, start = struct.unpack_from("!H", buffer, start)[0], start + 2
            elif size == 127:
                if len(buffer) < start + 8:
                    break
                size, start = struct.unpack_from("!Q", buffer, start)[0], start + 8
            if len(buffer) < start + size:
                break
            payload = bytes(buffer[start : start + size])
            at = start + size
            if opcode == 1:
                self.heard(payload)
            elif opcode == 9:
                self.send(payload, opcode=10)
        del buffer[:at]

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

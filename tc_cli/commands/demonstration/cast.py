"""One side of the demo: a person on a stream, who can be waited on."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import asyncio
from collections.abc import Callable
from typing import TypeVar

from tc_cli.client.api import Api
from tc_cli.client.calls import Call
from tc_cli.client.conversation import Arrived, Ended, Event, Offline
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.commands.demonstration.stage import DemoFailed

T = TypeVar("T")
PATIENCE = 30.0


class Player:
    """Somebody with an access and a stream: staff, or the service user."""

    def __init__(self, name: str, access: Access, stream: Stream) -> None:
        self.name = name
        self._access = access
        self.stream = stream

    async def do(self, call: Call[T]) -> T:
        """Make an HTTP call without holding up the streams."""
        return await asyncio.to_thread(self._do, call)

    async def hears(self, what: str, wanted: Callable[[Event], bool], patience: float = PATIENCE) -> Event:
        """Wait for an event; raise DemoFailed if it doesn't come in time (seconds)."""
        try:
            async with asyncio.timeout(patience):
                async for event in self.stream.events():
                    if isinstance(event, Offline | Ended):
                        raise DemoFailed(f"{self.name} lost the server while waiting for {what}")
                    if wanted(event):
                        return event
        except TimeoutError:
            pass
        raise DemoFailed(f"{self.name} waited {patience:.0f} s for {what}, in vain")

    async def reads(self, text: str) -> None:
        """Wait until a message of these words arrives."""
        await self.hears(f"'{text}'", lambda event: isinstance(event, Arrived) and event.message.text == text)

    async def gets_file(self, name: str) -> Arrived:
        """Wait until a file of this name arrives."""

        def is_it(event: Event) -> bool:
            return isinstance(event, Arrived) and event.message.file is not None and event.message.file.name == name

        found = await self.hears(name, is_it)
        assert isinstance(found, Arrived)
        return found

    def _do(self, call: Call[T]) -> T:
        with Api(self._access) as api:
            return api.do(call)

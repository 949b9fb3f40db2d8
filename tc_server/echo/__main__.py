"""One echo from its question to its end: a line of JSON in, a line of JSON out, then it listens until it is over.

In: `{"sdp", "ice_servers": [{"urls", "username", "credential"}], "policy", "seconds"}`. Out: `{"sdp"}`, or `{"fault"}`,
which is `offer` where that can't be read, `relay` where that can't be reached.
It ends when the peer has gone, when its time is up, and when its standard input closes: nothing outlives the server.
"""

import asyncio
import json
import os
import resource
import sys
from contextlib import suppress

from tc_server.echo.peer import CannotReach, CannotRead, Peer

NICENESS = 10
MEMORY = 1_500_000_000
"""Bytes of address space: a picture that unpacks without end ends this program and nothing else."""


def main() -> None:
    """Take the question, answer it, and echo."""
    _be_modest()
    question = json.loads(sys.stdin.readline() or "null")
    if question:
        asyncio.run(_echo(question))


def _be_modest() -> None:
    # A service manager may forbid either; then its own limits hold.
    with suppress(OSError, ValueError):
        os.nice(NICENESS)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


async def _echo(question: dict[str, object]) -> None:
    peer = Peer(question["ice_servers"], question["policy"])  # type: ignore[arg-type]
    left = asyncio.create_task(_hear_the_end())
    try:
        _say({"sdp": await peer.answer(str(question["sdp"]))})
    except CannotRead:
        _say({"fault": "offer"})
    except CannotReach:
        _say({"fault": "relay"})
    else:
        over = asyncio.create_task(peer.over.wait())
        await asyncio.wait({over, left}, timeout=float(str(question["seconds"])), return_when=asyncio.FIRST_COMPLETED)
    finally:
        # What a peer that has vanished still owes must not keep the place.
        with suppress(TimeoutError):
            await asyncio.wait_for(peer.close(), 2)
        sys.stdout.flush()
        os._exit(0)


async def _hear_the_end() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _say(answer: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

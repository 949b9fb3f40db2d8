"""The baseline: a relay that passes each frame on to the other party of its session and keeps nothing."""

import sys
from typing import Any

import uvicorn

parties: dict[str, list[Any]] = {}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Pair the two links of a session, named by the query, and pass on what either says."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    session = parties.setdefault(scope["query_string"].decode(), [])
    session.append(send)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            for other in session:
                if other is not send:
                    await other({"type": "websocket.send", "text": event["text"]})
    finally:
        session.remove(send)


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="error",
        lifespan="off",
    )

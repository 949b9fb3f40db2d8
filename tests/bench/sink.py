"""A mail server that takes whatever comes: prints its port, then each time that another `count` mails have come."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Counts."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._came = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self._came += 1
        if self._came % self._count == 0:
            print("all", flush=True)
        return "250 OK"


async def main(count: int) -> None:
    sink = Sink(count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

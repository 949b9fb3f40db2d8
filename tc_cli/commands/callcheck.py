"""What `tc doctor --call` looks at: each way to the relay, the echo behind it, what calls from here are good for."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import asyncio
from dataclasses import dataclass

from aiortc import RTCIceServer

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.echo import Figures, Refused, Shut, Silent, measure
from tc_cli.client.errors import TcError
from tc_cli.client.profile import Access
from tc_cli.output.views import Check
from tc_server.wire.bodies import Ice


@dataclass(frozen=True, slots=True)
class Least:
    """What a line must be like at least: kbit/s both ways, a share, milliseconds."""

    kbps: int
    loss: float
    rtt_ms: int


# As the page judges them in `figures.js`.
VOICE, VIDEO = Least(20, 0.2, 1500), Least(300, 0.05, 800)
WAYS = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}
OPEN = {
    "udp": "Let UDP through to the relay's port, often 3478, in this network's firewall",
    "tcp": "Let TCP through to the relay's port, often 3478, in this network's firewall",
    "tls": "Let TLS through to the relay's port; see whether its certificate is good with: tc server check",
}
REFUSED = "the relay is reached, but refuses the server's credential"
CLOCKS = "Whoever runs the server: see whether secret and clocks of relay and server agree, with: tc server check"
WEAK = "Use a cable, or go closer to the Wi-Fi, and stop downloads"


def everything(server: str) -> list[Check]:
    """Call the echo in each way that is set up; takes up to ten seconds a way."""
    with Api(Access(server)) as api:
        try:
            ice = api.do(calls.prepare_echo())
        except TcError as error:
            return [Check("call", "failed", error.what, error.remedy or "Try again in a minute")]
        return asyncio.run(_look(api, ice))


async def _look(api: Api, ice: Ice) -> list[Check]:
    ways = _ways(ice)
    if not ways:
        figures = await _try(api, [], ice.policy)
        return [_row("call, directly", figures, "No relay is set up, and the server isn't reached directly")]
    found = {way: await _try(api, servers, "relay") for way, servers in ways.items()}
    works = any(isinstance(figures, Figures) for figures in found.values())
    rows = [_row(f"call by {WAYS[way]}", figures, OPEN[way], softly=works) for way, figures in found.items()]
    return [*rows, _verdict(list(found.values()))]


async def _try(api: Api, servers: list[RTCIceServer], policy: str) -> Figures | str:
    async def ask(offer: str) -> str:
        return (await asyncio.to_thread(api.do, calls.echo(offer))).sdp

    try:
        return await measure(servers, policy, ask)
    except Shut:
        return "the relay isn't reached in this way"
    except Refused:
        return REFUSED
    except Silent:
        return "the relay is reached, but nothing comes back from the echo"
    except TcError as error:
        return error.what


def _ways(ice: Ice) -> dict[str, list[RTCIceServer]]:
    found: dict[str, list[RTCIceServer]] = {}
    for server in ice.ice_servers:
        for url in server.urls:
            if way := _way(url):
                found.setdefault(way, []).append(RTCIceServer(url, server.username, server.credential))
    return {way: found[way] for way in WAYS if way in found}


def _way(url: str) -> str | None:
    if url.startswith("turns:"):
        return "tls"
    return ("tcp" if "transport=tcp" in url else "udp") if url.startswith("turn:") else None


def _row(name: str, figures: Figures | str, remedy: str, *, softly: bool = False) -> Check:
    if isinstance(figures, str):
        remedy = CLOCKS if figures == REFUSED else remedy
        return Check(name, "warning" if softly else "failed", figures, remedy)
    sound = "sound comes back" if figures.heard else "no sound comes back"
    said = f"{figures.rtt_ms} ms, {figures.loss:.0%} lost, {figures.kbps} kbit/s, {sound}"
    return Check(name, "ok", said) if _carries(figures, VIDEO) and figures.heard else Check(name, "warning", said, WEAK)


def _verdict(found: list[Figures | str]) -> Check:
    lines = [figures for figures in found if isinstance(figures, Figures)]
    if any(_carries(line, VIDEO) for line in lines):
        return Check("calls", "ok", "good for video")
    if any(_carries(line, VOICE) for line in lines):
        return Check("calls", "warning", "good for voice only", WEAK)
    if lines:
        return Check("calls", "warning", "chat only: the line is too weak", WEAK)
    return Check("calls", "failed", "chat only: no call gets through", "See whether the relay runs: tc server check")


def _carries(line: Figures, least: Least) -> bool:
    return line.kbps >= least.kbps and line.loss <= least.loss and line.rtt_ms <= least.rtt_ms

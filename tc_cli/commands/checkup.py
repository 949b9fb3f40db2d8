"""What `tc doctor` looks at, one function a thing."""

# ruff: noqa: TID253 - imported by the verb only when it runs
import asyncio
import os
import shutil
import sys
import time
import webbrowser
from datetime import UTC, datetime

from tc_cli import __version__
from tc_cli.client import address, calls, profile
from tc_cli.client.api import Api
from tc_cli.client.conversation import Ended, Offline, Online
from tc_cli.client.errors import NotLoggedIn, TcError
from tc_cli.client.profile import Access
from tc_cli.client.stream import Stream
from tc_cli.output import alarm, browser, diagnostics, sound, words
from tc_cli.output.views import Check

SLOW = 2.0
SKEW = 30.0
STREAM_LIMIT = 20.0
NARROW = 80


def everything(*, call: bool = False) -> list[Check]:
    """Look at everything, what needs the server first; with `call` its echo is called."""
    return [*_network(), *(_calls() if call else []), _browser(), _sound(), _notification(), _terminal()]


def _network() -> list[Check]:
    try:
        server = profile.server()
    except NotLoggedIn as error:
        return [Check("server", "failed", error.what, error.remedy)]
    found = [*_server(server), _privacy(server)]
    if found[0].status == "failed":
        return found
    try:
        access = profile.access()
    except NotLoggedIn as error:
        return [*found, Check("login", "failed", error.what, error.remedy)]
    return [*found, _login(access), asyncio.run(_stream(access)), *_providers(access), *_notices(access)]


def _calls() -> list[Check]:
    # It loads what speaks WebRTC, which nothing else here needs.
    from tc_cli.commands import callcheck

    try:
        return callcheck.everything(profile.server())
    except NotLoggedIn:
        return []


def _server(server: str) -> list[Check]:
    """Look at reach, latency, version and clock, all from one answer on a warm connection."""
    try:
        with Api(Access(server), tries=1) as api:
            api.do(calls.health())
            before = time.perf_counter()
            health = api.do(calls.health())
            took = time.perf_counter() - before
    except TcError as error:
        return [Check("server", "failed", error.what, "Check the address, the network, and that the server runs")]
    skew = (health.server_time - datetime.now(UTC)).total_seconds() + took / 2
    return [
        Check("server", "ok", f"{server} answers"),
        _judged("latency", took < SLOW, f"{took * 1000:.0f} ms", "The link is slow: chat works, calls may not"),
        _judged("version", health.version == __version__, _versions(health.version), "Install the server's version"),
        _judged("clock", abs(skew) < SKEW, _skew(skew), "Set this machine's clock by NTP"),
    ]


def _privacy(server: str) -> Check:
    encrypted = "encrypted" if server.startswith("https://") else "not encrypted, but stays on this machine"
    if address.is_safe(server):
        return Check("privacy", "ok", encrypted)
    return Check("privacy", "warning", "what you send can be read on the way", "Use an https:// address")


def _login(access: Access) -> Check:
    try:
        with Api(access, tries=1) as api:
            user = api.do(calls.whoami())
    except TcError as error:
        return Check("login", "failed", error.what, error.remedy or "Run `tc login`")
    return Check("login", "ok", f"{user.name}, {user.role}")


def _providers(access: Access) -> list[Check]:
    """Ask the server how what carries its messages is."""
    try:
        with Api(access, tries=1) as api:
            found = api.do(calls.providers()).items
    except TcError:
        # Why has been said by now.
        return []
    return [
        Check(f"messages by {one.provider}", one.state, f"{', '.join(one.channels)}: {one.detail}", one.remedy or "")
        for one in found
    ]


def _notices(access: Access) -> list[Check]:
    """Hint at being told elsewhere; whoever isn't logged in has been told of that."""
    try:
        with Api(access, tries=1) as api:
            targets = api.do(calls.notify_targets()).items
    except TcError:
        return []
    if not targets:
        remedy = "`tc notify add email:you@example.org`, or leave a client connected"
        return [Check("notices", "warning", "nothing tells you elsewhere that somebody waits", remedy)]
    failed = [target for target in targets if target.last_result == "failed"]
    detail = f"{len(targets)} set up" + (f", the last one to {failed[0].address} failed" if failed else "")
    return [_judged("notices", not failed, detail, "`tc notify test` says what is wrong")]


async def _stream(access: Access) -> Check:
    remedy = "A proxy between may not let WebSockets through: ask whoever runs it"
    try:
        async with asyncio.timeout(STREAM_LIMIT), Stream(access) as stream:
            async for event in stream.events():
                match event:
                    case Online():
                        return Check("stream", "ok", "live")
                    case Offline():
                        return Check("stream", "failed", event.reason, remedy)
                    case Ended():
                        return Check("stream", "failed", event.detail, "Run `tc login`")
    except TimeoutError:
        pass
    return Check("stream", "failed", f"no answer within {STREAM_LIMIT:.0f} s", remedy)


def _browser() -> Check:
    remedy = "`tc session call` shows a link and a QR code; or set BROWSER"
    if not browser.is_here():
        return Check("browser", "warning", "none that could be seen from this terminal", remedy)
    try:
        name = webbrowser.get().name
    except webbrowser.Error:
        return Check("browser", "warning", "none found", remedy)
    return Check("browser", "ok", name)


def _sound() -> Check:
    """Ring by all means, and say by which."""
    if not sys.stderr.isatty():
        return Check(
            "sound", "warning", "no terminal to ring", "Use `tc queue watch --exec` to be called in another way"
        )
    diagnostics.bell()
    reason = sound.trial(os.environ)
    what = f"the terminal's bell alone: {reason}" if reason else "two tones and the terminal's bell, just now"
    return Check("sound", "ok", what, "If you heard nothing: switch it on in the terminal, or turn it up")


def _notification() -> Check:
    """Show a notification, and say in which way it was asked for."""
    way, outer = alarm.way(os.environ), alarm.multiplexer(os.environ)
    if way is alarm.Way.OFF:
        return Check("notification", "ok", "none: switched off, or this terminal shows none")
    if not sys.stderr.isatty():
        return Check("notification", "ok", "none without a terminal")
    alarm.show("notifications work here")
    detail = f"{way.replace('osc', 'OSC ')}{f' through {outer}' if outer else ''}, tried just now"
    remedy = "`set -g allow-passthrough on` in tmux" if outer == "tmux" else "TC_NOTIFY=osc777, or osc9, or osc99"
    return Check("notification", "ok", detail, f"If you saw none: {remedy}")


def _terminal() -> Check:
    if not sys.stdout.isatty():
        return Check("terminal", "ok", "piped: plain text")
    width = shutil.get_terminal_size().columns
    can_write = "utf" in (sys.stdout.encoding or "").lower()
    colour = "NO_COLOR" not in os.environ and os.environ.get("TERM", "dumb") != "dumb"
    detail = f"{width} columns, {'Unicode' if can_write else 'no Unicode'}, {'colour' if colour else 'no colour'}"
    if not can_write:
        return Check("terminal", "warning", detail, "Set LANG to a UTF-8 locale: names and QR codes need it")
    return _judged("terminal", width >= NARROW, detail, f"Tables want {NARROW} columns")


def _judged(name: str, good: bool, detail: str, remedy: str) -> Check:
    return Check(name, "ok", detail) if good else Check(name, "warning", detail, remedy)


def _versions(server: str) -> str:
    return f"{server} on both ends" if server == __version__ else f"{server} there, {__version__} here"


def _skew(seconds: float) -> str:
    if abs(seconds) < 1:
        return "agrees with the server's"
    return f"{words.span(abs(seconds))} {'behind' if seconds > 0 else 'ahead of'} the server's"

"""The echo as the server starts it, heard by a peer in this process."""

import os
from collections.abc import AsyncIterator

import pytest

from tc_server.echo.peer import CANDIDATES, hidden, permitted
from tests.echo.peers import Device, Echo

HOST = "a=candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host"
RELAY = "a=candidate:2 1 udp 16777215 198.51.100.1 60000 typ relay raddr 192.0.2.7 rport 50000"


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    """Start an echo."""
    echo = await Echo.start()
    yield echo
    await echo.close()


@pytest.fixture
async def device() -> AsyncIterator[Device]:
    """Switch a device on."""
    device = Device(video=True)
    yield device
    await device.close()


async def test_sound_pictures_and_data_come_back(echo: Echo, device: Device) -> None:
    await device.take((await echo.ask(await device.offer()))["sdp"])
    assert await device.ping(b"ping") == b"ping"
    assert await device.ping(bytes(1000)) == bytes(1000)
    await device.heard.wait()
    await device.seen.wait()


async def test_it_gives_way_to_the_server(echo: Echo, device: Device) -> None:
    await echo.ask(await device.offer())
    assert os.getpriority(os.PRIO_PROCESS, echo.process.pid) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_it_ends_when_its_peer_goes(echo: Echo, device: Device) -> None:
    await device.take((await echo.ask(await device.offer()))["sdp"])
    await device.close()
    assert await echo.ended() == 0


async def test_it_ends_when_its_time_is_up(echo: Echo, device: Device) -> None:
    await echo.ask(await device.offer(), seconds=0.2)
    assert await echo.ended() == 0


async def test_it_ends_with_the_server(echo: Echo, device: Device) -> None:
    await device.take((await echo.ask(await device.offer()))["sdp"])
    assert echo.process.stdin is not None
    echo.process.stdin.close()
    assert await echo.ended() == 0


@pytest.mark.parametrize("sdp", ["", "v=0", "nonsense\r\n" * 10, "m=audio 9 UDP/TLS/RTP/SAVPF 999\r\n"])
async def test_what_is_no_offer_is_refused(echo: Echo, sdp: str) -> None:
    assert await echo.ask(sdp) == {"fault": "offer"}
    assert await echo.ended() == 0


async def test_without_the_relay_it_must_use_it_says_so(echo: Echo, device: Device) -> None:
    ice = {"ice_servers": [], "policy": "relay"}
    assert await echo.ask(await device.offer(), ice=ice) == {"fault": "relay"}


def test_where_policy_says_so_only_relays_are_tried() -> None:
    assert permitted(f"v=0\r\n{HOST}\r\n{RELAY}\r\n", relay_only=True) == f"v=0\r\n{RELAY}\r\n"
    assert permitted(f"v=0\r\n{HOST}\r\n{RELAY}\r\n", relay_only=False) == f"v=0\r\n{HOST}\r\n{RELAY}\r\n"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"])
def test_nobody_makes_it_knock_at_its_own_doors(host: str) -> None:
    assert "candidate" not in permitted(HOST.replace("192.0.2.7", host), relay_only=False)
    assert "candidate" in permitted(HOST.replace("192.0.2.7", "6e9a.local"), relay_only=False)


def test_it_tries_no_more_addresses_than_a_phone_has() -> None:
    assert permitted(f"{HOST}\n" * 1000, relay_only=False).count("typ host") == CANDIDATES


def test_where_a_relay_is_reached_from_stays_unsaid() -> None:
    assert "192.0.2.7" not in hidden(RELAY)
    assert "198.51.100.1 60000 typ relay raddr 0.0.0.0 rport 9" in hidden(RELAY)

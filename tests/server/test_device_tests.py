"""Device tests over HTTP: the echo that the server starts, how many there are, and the result in the log."""

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.coturn import run
from tests.echo.peers import Device
from tests.server.conftest import NewServer
from tests.server.world import World, done, refused
from tests.serving import DEADLINE, Server, eventually

GOOD = {"result": "video", "audio": True, "video": True, "rtt_ms": 80, "loss": 0.01, "kbps": 900, "relay": "udp"}


def echoes(server: Server) -> list[psutil.Process]:
    """List the echoes that a server has running."""
    return [child for child in psutil.Process(server.pid).children() if "tc_server.echo" in " ".join(child.cmdline())]


async def test_a_device_without_a_login_hears_itself(world: World) -> None:
    nobody, device = world.nobody(), Device(video=True)
    assert done(await nobody.post("/echo/ice"), 200) == {"ice_servers": [], "policy": "all", "expires_at": None}
    answer = done(await nobody.post("/echo", json={"sdp": await device.offer()}), 200)
    assert answer["ice"]["policy"] == "all"
    await device.take(answer["sdp"])
    assert await device.ping(b"ping") == b"ping"
    await device.heard.wait()
    await device.seen.wait()
    await device.close()


async def test_through_the_relay_alone_and_with_credentials_that_soon_end(
    new_server: NewServer, tmp_path: Path
) -> None:
    with run(tmp_path / "coturn") as coturn:
        async with World(new_server(**coturn.settings())) as world:
            ice = done(await world.nobody().post("/echo/ice"), 200)
            assert ice["policy"] == "relay"
            device = Device(ice)
            answer = done(await world.nobody().post("/echo", json={"sdp": await device.offer()}), 200)
            assert "typ host" not in answer["sdp"]
            assert "raddr 0.0.0.0" in answer["sdp"]
            await device.take(answer["sdp"])
            await device.heard.wait()
            await device.close()
            told = world.server.log.read_text()
            assert "candidate" not in told
            assert answer["ice"]["ice_servers"][0]["username"] not in told


async def test_no_more_than_a_few_at_a_time_and_each_place_becomes_free_again(new_server: NewServer) -> None:
    server = new_server(TC_ECHO_LIMIT="1")
    async with World(server) as world:
        one, other = Device(), Device()
        await one.take(done(await world.nobody().post("/echo", json={"sdp": await one.offer()}), 200)["sdp"])
        offer = {"sdp": await other.offer()}
        busy = await world.nobody().post("/echo", json=offer)
        assert refused(busy) == (503, "echo_busy")
        assert busy.json()["retry_after"] in range(1, 62)
        assert busy.headers["Retry-After"] == str(busy.json()["retry_after"])
        await one.close()
        async with asyncio.timeout(DEADLINE):
            while (answer := await world.nobody().post("/echo", json=offer)).status_code != 200:
                assert refused(answer) == (503, "echo_busy")
        await other.close()


async def test_none_where_none_is_allowed(new_server: NewServer) -> None:
    async with World(new_server(TC_ECHO_LIMIT="0")) as world:
        done(await world.nobody().post("/echo/ice"), 200)
        assert refused(await world.nobody().post("/echo", json={"sdp": "v=0"})) == (503, "unavailable")


async def test_credentials_cannot_be_collected_endlessly(new_server: NewServer) -> None:
    async with World(new_server(TC_ECHO_LIMIT="1")) as world:
        for _ in range(10):
            done(await world.nobody().post("/echo/ice"), 200)
        assert refused(await world.nobody().post("/echo/ice")) == (503, "echo_busy")


async def test_echoes_have_no_secrets_and_end_with_the_server(new_server: NewServer) -> None:
    server = new_server(TC_METRICS_TOKEN="counting")
    async with World(server) as world:
        device = Device()
        await device.take(done(await world.nobody().post("/echo", json={"sdp": await device.offer()}), 200)["sdp"])
        (echo,) = echoes(server)
        assert not [name for name in echo.environ() if name.startswith("TC_")]
        assert "aiortc" not in Path(f"/proc/{server.pid}/maps").read_text()
        server.kill()
        eventually(lambda: not echo.is_running() or echo.status() == psutil.STATUS_ZOMBIE)
        await device.close()


@pytest.mark.parametrize(("sdp", "code", "status"), [("v=0", "offer_broken", 422), ("", "invalid", 400)])
async def test_what_is_no_offer_is_refused(world: World, sdp: str, code: str, status: int) -> None:
    assert refused(await world.nobody().post("/echo", json={"sdp": sdp})) == (status, code)


async def test_an_offer_has_a_size(world: World) -> None:
    assert refused(await world.nobody().post("/echo", json={"sdp": "a" * 40_001})) == (400, "invalid")


async def test_a_result_that_somebody_shows_is_seen_by_staff(world: World) -> None:
    staff = await world.standing("owner")
    layla = await world.guest(staff)
    desk = await staff.stream()
    path = f"/sessions/{layla.session_id}/device-test"
    shown = done(await layla.post(path, json=GOOD), 201)
    assert (shown["kind"], shown["sender"]["name"], shown["data"]) == ("device_test", "Layla", GOOD)
    assert (await desk.frame("message", kind="device_test", session_id=layla.session_id))["data"] == GOOD
    assert done(await layla.post(path, json=GOOD), 200) == shown
    other = {"result": "chat", "audio": False, "video": False}
    again = done(await layla.post(path, json=other), 201)
    assert again["data"] == other | {"rtt_ms": None, "loss": None, "kbps": None, "relay": None}


async def test_a_result_is_shown_by_its_person_alone(world: World) -> None:
    staff = await world.standing("owner")
    layla, other = await world.guest(staff), await world.guest(staff)
    path = f"/sessions/{layla.session_id}/device-test"
    assert refused(await staff.post(path, json=GOOD)) == (403, "not_allowed")
    assert refused(await other.post(path, json=GOOD)) == (404, "not_found")


@pytest.mark.parametrize(
    "change", [{"result": "great"}, {"loss": 2}, {"rtt_ms": -1}, {"kbps": 1.5}, {"relay": "host"}, {"address": "x"}]
)
async def test_a_result_is_words_and_numbers_and_nothing_else(world: World, change: dict[str, object]) -> None:
    layla = await world.guest(await world.standing("owner"))
    assert refused(await layla.post(f"/sessions/{layla.session_id}/device-test", json=GOOD | change)) == (
        400,
        "invalid",
    )


async def test_nothing_is_shown_in_a_session_that_has_ended(world: World) -> None:
    staff = await world.standing("owner")
    layla = await world.guest(staff)
    await staff.move(layla.session_id, "close")
    assert refused(await layla.post(f"/sessions/{layla.session_id}/device-test", json=GOOD)) == (409, "session_ended")

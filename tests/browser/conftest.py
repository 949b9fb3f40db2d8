"""One browser and one server for all tests of this folder; everybody in a test gets a fresh context or account."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.desk import FOCAL_PERSON, Desk, open_desk
from tests.browser.phone import Phone
from tests.browser.talk import WATCH, Talker
from tests.serving import Server
from tests.tools import require

# Sound and trembling stay as strict as on a phone: only after a touch.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
# A camera with a moving picture and a microphone that beeps, both allowed.
MEDIA = (
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE = 20_000
MAX_FILE = 1_000_000

NewPhone = Callable[..., Awaitable[Phone]]
NewTalker = Callable[..., Awaitable[Talker]]
NewServer = Callable[..., Server]
NewDesk = Callable[[Server], Awaitable[Desk]]

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every test of this folder live in the loop that the browser lives in."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(_strangers_house: None) -> AsyncIterator[Browser]:
    """Run the system's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(require("chromium")), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, _strangers_house: None) -> Iterator[Server]:
    """Run one server for all tests that leave it as it is."""
    server = Server(tmp_path_factory.mktemp("server"), TC_MAX_FILE=str(MAX_FILE))
    server.add(FOCAL_PERSON, "admin")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[NewServer]:
    """Return `new_server(TC_…=…)`: a running server of this test's own."""
    with ExitStack() as running:

        def start(**settings: str) -> Server:
            server = Server(tmp_path / "own", **settings)
            server.add(FOCAL_PERSON, "admin")
            running.callback(server.kill)
            return server.start()

        yield start


@pytest_asyncio.fixture(loop_scope="session")
async def desk(server: Server) -> Desk:
    """Log in an account that has nothing yet."""
    return await open_desk(server)


@pytest_asyncio.fixture(loop_scope="session")
async def new_phone(browser: Browser) -> AsyncIterator[NewPhone]:
    """Return `new_phone(…)`: a browser that knows nothing, with options of a context.

    Afterwards no phone may have had an error, violated a policy, or asked another host, unless its test expected it.
    """
    phones: list[Phone] = []

    async def unpack(**options: Any) -> Phone:
        chosen = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "locale": "en"} | options
        context = await browser.new_context(**chosen)
        context.set_default_timeout(PATIENCE)
        phones.append(Phone(context, await context.new_page()))
        return phones[-1]

    yield unpack
    for phone in phones:
        await phone.close()
    assert [phone.unexpected() for phone in phones] == [[] for _ in phones]


@pytest_asyncio.fixture(loop_scope="session")
async def phone(new_phone: NewPhone) -> Phone:
    """Unpack one phone."""
    return await new_phone()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def media_browser(_strangers_house: None) -> AsyncIterator[Browser]:
    """Run the system's Chromium with a camera and a microphone that aren't there."""
    async with async_playwright() as playwright:
        chromium = str(require("chromium"))
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *MEDIA])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_talker(media_browser: Browser) -> AsyncIterator[NewTalker]:
    """Return `new_talker(…)`: a phone, or staff's browser, that can be in a call. Nothing may go wrong unseen."""
    async with talkers_in(media_browser) as unpack:
        yield unpack


@asynccontextmanager
async def browser_with(media_browser: Browser, *flags: str) -> AsyncIterator[NewTalker]:
    """Run one more Chromium with flags of its own, and give `new_talker(…)` in it."""
    chromium = str(require("chromium"))
    own = await media_browser.browser_type.launch(executable_path=chromium, args=[*FLAGS, *MEDIA, *flags])
    async with talkers_in(own) as unpack:
        yield unpack
    await own.close()


@asynccontextmanager
async def talkers_in(browser: Browser) -> AsyncIterator[NewTalker]:
    """Give `new_talker(…)` for a browser; afterwards nothing may have gone wrong unseen."""
    talkers: list[Talker] = []

    async def unpack(**options: Any) -> Talker:
        chosen = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "locale": "en"} | options
        context = await browser.new_context(**chosen)
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(WATCH)
        talkers.append(Talker(Phone(context, await context.new_page())))
        return talkers[-1]

    yield unpack
    for talker in talkers:
        await talker.phone.close()
    assert [talker.phone.unexpected() for talker in talkers] == [[] for _ in talkers]

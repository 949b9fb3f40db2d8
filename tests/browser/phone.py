"""Somebody with a phone: a browser of their own on the page, and a watch over what it does behind their back."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, FilePayload, Locator, Page, Request, expect

# What the browser keeps for the page, of all kinds that script can see.
_KEPT = """async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) })
  const kept = {session: {...sessionStorage}, local: {...localStorage}, unsent: [], draft: []}
  for (const {name} of await indexedDB.databases()) {
    const base = await done(indexedDB.open(name))
    for (const store of base.objectStoreNames) {
      kept[store] = await done(base.transaction(store).objectStore(store).getAll())
    }
    base.close()
  }
  return kept
}"""
NOTHING_KEPT: dict[str, Any] = {"session": {}, "local": {}, "unsent": [], "draft": []}


class Phone:
    """One browser with one page open. `complaints` is what went wrong unseen; a test may `expect_complaint` some."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self._expected: list[str] = []
        self._home = ""
        self._secret = ""
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._asked)

    # --- what somebody does -------------------------------------------------------------------------------------

    async def open(self, url: str) -> None:
        """Open a link."""
        self._home = urlsplit(url).netloc
        self._secret = urlsplit(url).fragment
        await self.page.goto(url)

    async def join(self) -> None:
        """Agree to the terms and press Join."""
        await self["terms"].check()
        await self["join"].click()

    async def come(self, url: str) -> None:
        """Open a link, join, and wait until the line stands."""
        await self.open(url)
        await self.join()
        await self.is_("online")

    async def write(self, text: str) -> None:
        """Write a message and send it."""
        await self["composer"].fill(text)
        await self["send"].click()

    async def pick(self, *files: tuple[str, str, bytes]) -> None:
        """Pick files: name, media type, content."""
        chosen: Sequence[FilePayload] = [{"name": n, "mimeType": t, "buffer": b} for n, t, b in files]
        await self["attach"].set_input_files(chosen)

    async def close(self) -> None:
        """Shut the browser."""
        await self.context.close()

    # --- what they see ------------------------------------------------------------------------------------------

    def __getitem__(self, handle: str) -> Locator:
        """Find a part of the page by its `data-testid`."""
        return self.page.get_by_test_id(handle)

    def find(self, selector: str) -> Locator:
        """Find a part of the page that has no handle."""
        return self.page.locator(selector)

    def message(self, text: str) -> Locator:
        """Find what somebody wrote."""
        return self["message"].filter(has=self.page.get_by_text(text, exact=True))

    async def is_(self, connection: str) -> None:
        """Wait until the page says that the connection is in this state."""
        await expect(self["connection"]).to_have_attribute("data-state", connection)

    async def sees(self, text: str, state: str = "sent") -> None:
        """Wait until a message is there, in this state."""
        await expect(self.message(text)).to_have_attribute("data-state", state)

    async def written(self) -> list[tuple[int, str]]:
        """List what people wrote in the order shown, as (seq, text)."""
        shown: list[list[Any]] = await self["message"].evaluate_all(
            "all => all.map(one => [Number(one.dataset.seq || 0), one.querySelector('.words')?.textContent])"
        )
        return [(seq, text) for seq, text in shown if text is not None]

    async def kept(self) -> dict[str, Any]:
        """List what the browser keeps for the page where script can reach it."""
        found: dict[str, Any] = await self.page.evaluate(_KEPT)
        return found

    async def close_tab(self) -> None:
        """Close the page once what it keeps is written: what is read waits for what was written before it."""
        await self.kept()
        await self.page.close()

    # --- the watch ----------------------------------------------------------------------------------------------

    def expect_complaint(self, *patterns: str) -> None:
        """Accept what the browser logs by itself when a request fails; nothing else goes by."""
        self._expected += patterns

    def unexpected(self) -> list[str]:
        """List what went wrong and wasn't expected."""
        return [said for said in self.complaints if not any(re.search(known, said) for known in self._expected)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        asked = urlsplit(request.url)
        if asked.netloc not in {"", self._home}:
            self.complaints.append(f"another host was asked: {request.url}")
        if self._secret and self._secret in f"{asked.path}?{asked.query}":
            self.complaints.append(f"the link's secret is in an address: {request.url}")

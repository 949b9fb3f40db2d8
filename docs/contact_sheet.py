"""Draws the page and an email in every language on one sheet. Run as `python -m docs.contact_sheet languages.png`.

It takes Chromium from PATH and the fonts of this machine: what it lacks shows as boxes.
"""

import asyncio
import io
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.async_api import Page, Route, async_playwright

from tc_server.delivery.mail import mail
from tc_server.delivery.texts import compose
from tc_server.domain.invite import Invitation, link
from tc_server.locales import MESSAGES, Language, catalogue, languages
from tc_server.web import page
from tc_server.web.assets import assets

ORGANISATION, HOST = "Example Help", "https://talk.example.org"
AT = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
WIDTH, HEIGHT, GAP, COLUMNS = 320, 800, 12, 5


async def serve(route: Route) -> None:
    """Answer as the server would: the page of a language, or what it is made of."""
    path = urlsplit(route.request.url).path
    if path.startswith("/web/"):
        asset = assets().get(path.removeprefix("/web/"))
        await (route.fulfill(body=asset.body, content_type=asset.content_type) if asset else route.abort())
    else:
        body = page(path.rpartition("/")[2], organisation=ORGANISATION)
        await route.fulfill(body=body, content_type="text/html; charset=utf-8")


def email(language: Language) -> str:
    """Return the HTML of an email that tells of something planned."""
    person = Invitation("Layla", "service-user", language.code, email="l@example.org", at=AT, timezone="Asia/Beirut")
    words = compose(ORGANISATION, HOST, "planned", "email", person, link(HOST, language.code, "x" * 24))
    made = mail(
        subject=words.subject or "",
        text=words.text,
        link=words.link,
        button=catalogue(language.code).text(MESSAGES["email_answer"]),
        language=language,
        to="l@example.org",
        sender_name=ORGANISATION,
        sender_address="talk@example.org",
        message_id="1@example.org",
        sent_at=AT,
    )
    body = made.get_body(("html",))
    assert body is not None
    return str(body.get_content())


async def drawn(browser_page: Page, language: Language) -> list[Image.Image]:
    """Draw page and email of a language at the width of a small phone."""
    await browser_page.goto(link(HOST, language.code, "x" * 24))
    pictures = [await browser_page.screenshot()]
    await browser_page.set_content(email(language))
    pictures.append(await browser_page.screenshot())
    return [Image.open(io.BytesIO(picture)) for picture in pictures]


async def sheet() -> Image.Image:
    """Draw all languages in the order of their codes."""
    found = sorted(languages(), key=lambda language: language.code)
    step_x, step_y = 2 * WIDTH + 3 * GAP, HEIGHT + 4 * GAP
    whole = Image.new("RGB", (COLUMNS * step_x, -(-len(found) // COLUMNS) * step_y), "white")
    pen = ImageDraw.Draw(whole)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        browser_page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        await browser_page.route("**/*", serve)
        for number, language in enumerate(found):
            x, y = number % COLUMNS * step_x + GAP, number // COLUMNS * step_y + 3 * GAP
            pen.text((x, y - 2 * GAP), language.code, fill="black", font_size=18)
            for place, picture in enumerate(await drawn(browser_page, language)):
                whole.paste(picture, (x + place * (WIDTH + GAP), y))
        await browser.close()
    return whole


if __name__ == "__main__":
    asyncio.run(sheet()).save(Path(sys.argv[1]))

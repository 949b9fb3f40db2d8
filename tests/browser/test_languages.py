"""Dates and numbers of the page are in its language, also where the browser hasn't learned it."""

from playwright.async_api import Browser

from tc_server.locales import languages
from tc_server.web.cldr import LEFT_OUT
from tests.browser.conftest import NewPhone
from tests.serving import Server

CODES = [language.code for language in languages()]
SAID = """language =>
  new Intl.DateTimeFormat(language, {weekday: 'long', day: 'numeric', month: 'long'}).format(1772600000000)"""


async def test_the_languages_that_browsers_lack_are_known(browser: Browser) -> None:
    page = await browser.new_page()
    known = await page.evaluate("codes => Intl.DateTimeFormat.supportedLocalesOf(codes)", CODES)
    await page.close()
    assert set(CODES) - set(known) == LEFT_OUT & set(CODES)


async def test_no_language_is_given_english_dates(server: Server, new_phone: NewPhone) -> None:
    phone = await new_phone()
    told = {}
    for code in CODES:
        await phone.open(f"{server.url}/j/{code}#none")
        told[code] = await phone.page.evaluate(SAID, code)
    english = told.pop("en")
    assert not [code for code, said in told.items() if said == english]

"""What the browser gets: whole, light, and with nothing in it that a strict policy forbids."""

import gzip
import json
import re
from datetime import date, timedelta

import pytest

from tc_server.locales import languages
from tc_server.web import (
    assets,
    call_page,
    call_texts,
    content_security_policy,
    device_page,
    harmless,
    lost_page,
    manifest,
    page,
)
from tc_server.web.cldr import LEFT_OUT

CODES = [language.code for language in languages()]
BEFORE_JOIN = ("css/page.css", "js/join.js")
HANDLES = [
    *("terms", "join", "waiting", "chat-log", "composer", "send"),
    *("attach", "connection", "leave", "quick-exit", "ended", "language", "call-request"),
]


def needed(code: str) -> list[str]:
    """Return what a page fetches before somebody can join."""
    return [*BEFORE_JOIN[:1], *(["js/intl.js"] if code in LEFT_OUT else []), *BEFORE_JOIN[1:]]


def served(code: str = "en", **change: str) -> str:
    """Return the page as text."""
    return page(code, organisation=change.pop("organisation", "Example Help"), **change).decode()  # type: ignore[arg-type]


def settings(text: str) -> dict[str, object]:
    """Return what the page is told about itself."""
    found = re.search(r'<script id="settings" type="application/json">(.*?)</script>', text)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


@pytest.mark.parametrize("code", CODES)
def test_the_waiting_room_is_reached_with_at_most_20_kb(code: str) -> None:
    weights = {"page": len(gzip.compress(served(code).encode(), 9))}
    weights |= {name: len(assets()[name].gzip or b"") for name in needed(code)}
    assert sum(weights.values()) <= 21_000, weights


@pytest.mark.parametrize("code", CODES)
def test_the_page_asks_for_two_files_before_joining_and_one_more_where_browsers_lack_the_language(code: str) -> None:
    modern = re.sub(r"<script nomodule.*?</script>|<a .*?>", "", served(code))
    fetched = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', modern)
    assert [re.sub(r"^/web/|\?.*$", "", address) for address in fetched] == needed(code)
    assert " from " not in "".join(re.findall(r"^import .*$", assets()["js/join.js"].body.decode(), re.MULTILINE))


def behind(name: str) -> set[str]:
    """Return a script and all that it cannot start without."""
    imported = re.findall(r'from ["\']/web/js/([\w-]+\.js)', assets()[f"js/{name}"].body.decode())
    return {name}.union(*(behind(other) for other in imported))


def weight(names: set[str]) -> int:
    """Return what scripts weigh on their way, in bytes."""
    return sum(len(assets()[f"js/{name}"].gzip or b"") for name in names)


def test_a_conversation_without_a_call_stays_light() -> None:
    assert weight(behind("join.js") | behind("room.js")) <= 21_200


def test_a_call_rings_before_what_talks_has_been_fetched() -> None:
    """At 50 kbit/s the card is there within a second."""
    room = behind("room.js")
    assert weight(behind("phone.js") - room) <= 6_000
    assert weight(behind("talk.js") - room) <= 21_000
    assert not {"peer.js", "mesh.js", "panel.js"} & (room | behind("phone.js"))


@pytest.mark.parametrize("code", CODES)
def test_no_slot_is_left_open(code: str) -> None:
    text = served(code)
    assert not re.search(r"\[\[|\]\]|\{\{", text)
    assert set(re.findall(r"(?<!\{)\{(\w+)\}", re.sub(r"<script.*?</script>", "", text))) == {"place", "clock", "date"}


@pytest.mark.parametrize("code", CODES)
def test_the_call_page_is_whole_in_every_language(code: str) -> None:
    text = call_page(code, organisation="Example Help").decode()
    assert not re.search(r"\[\[|\]\]|\{\{", text)
    assert f'<html lang="{code}"' in text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)
    texts = settings(text)["texts"]
    assert isinstance(texts, dict)
    assert json.loads(call_texts(code)).items() <= texts.items()


@pytest.mark.parametrize("code", CODES)
def test_the_device_test_is_whole_in_every_language(code: str) -> None:
    text = device_page(code, organisation="Example Help", exit_url="").decode()
    assert not re.search(r"\[\[|\]\]|\{\{", text)
    assert set(re.findall(r"\{(\w+)\}(?![^<]*</script>)", text)) == {"clock", "date"}
    assert f'<html lang="{code}"' in text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)


@pytest.mark.parametrize("code", CODES)
def test_the_device_test_is_light(code: str) -> None:
    page = len(gzip.compress(device_page(code, organisation="Example Help", exit_url=""), 9))
    style = sum(len(assets()[f"css/{name}.css"].gzip or b"") for name in ("page", "test"))
    assert page + style + weight(behind("tester.js")) <= 40_000


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("code", CODES)
def test_the_page_for_a_lost_link_is_whole_and_light_in_every_language(code: str, asked: bool) -> None:
    text = lost_page(code, organisation="Example Help", exit_url="", asked=asked).decode()
    assert not re.search(r"\[\[|\]\]|\{\{|\{\w+\}(?![^<]*</script>)", text)
    assert f'<html lang="{code}"' in text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)
    style = len(assets()["css/page.css"].gzip or b"")
    assert len(gzip.compress(text.encode(), 9)) + style + weight({"lost.js", "vanishing.js"}) <= 12_000


@pytest.mark.parametrize("code", CODES)
def test_the_texts_of_calls_are_fetched_by_their_hash(code: str) -> None:
    calls = settings(served(code))["calls"]
    assert isinstance(calls, dict)
    assert calls["texts"].startswith(f"/web/texts/{code}.json?v=")
    assert calls["style"].startswith("/web/css/call.css?v=")


@pytest.mark.parametrize("handle", HANDLES)
def test_tests_find_their_handles(handle: str) -> None:
    assert f'data-testid="{handle}"' in served()


def test_the_page_runs_right_to_left_in_arabic() -> None:
    assert '<html lang="ar" dir="rtl">' in served("ar")


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    text = served() + harmless().decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"https?://", text)
    assert all(" src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_no_script_writes_markup_or_opens_windows() -> None:
    for name, asset in assets().items():
        if name.startswith("js/"):
            forbidden = re.search(
                rb"innerHTML|insertAdjacentHTML|document\.write|\beval\(|window\.open|https?://", asset.body
            )
            assert not forbidden, name


def test_a_name_with_markup_in_it_stays_a_name() -> None:
    name = "</script><b>House & Home</b>"
    text = served(organisation=name)
    assert "<b>" not in text
    assert settings(text)["said"]["organisation"] == name  # type: ignore[index]


def test_the_page_says_how_long_things_stay_in_its_own_language() -> None:
    for code, retention, said in [
        ("fr", timedelta(hours=24), "24 heures"),
        ("fr", timedelta(minutes=90), "90 minutes"),
        ("en", timedelta(seconds=30), "30 seconds"),
        ("sw", timedelta(hours=24), "saa 24"),
    ]:
        assert said in page(code, organisation="Example Help", retention=retention).decode().replace("\u00a0", " ")


def test_quick_exit_goes_where_it_is_told_else_to_the_harmless_page() -> None:
    assert settings(served())["exit"] == "/"
    assert settings(served(exit_url="https://weather.example/"))["exit"] == "https://weather.example/"


def test_the_harmless_page_shows_a_month_and_nothing_else() -> None:
    text = harmless(date(2026, 2, 14)).decode()
    assert "February 2026" in text
    assert text.count("<td") == 28 + len(re.findall(r"<td>(?=<|$)", text))
    assert "<td aria-current=date>14" in text
    assert "février 2026" in harmless(date(2026, 2, 14), "fr").decode()


def test_modules_import_each_other_by_address_and_hash() -> None:
    for name, asset in assets().items():
        if name.startswith("js/"):
            for address, mark in re.findall(r'(?:from |await import\()"/web/([^"?]+)\?v=(\w+)"', asset.body.decode()):
                assert assets()[address].hash == mark
            assert not re.search(rb"(from |await import\()['\"]\./", asset.body), name


def test_the_policy_names_this_host_alone() -> None:
    policy = content_security_policy("help.example:8443", secure=True)
    assert "connect-src 'self' wss://help.example:8443;" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'self'; ")
    assert policy.endswith("form-action 'none'")
    assert content_security_policy("x", secure=True, has_form=True).endswith("form-action 'self'")
    assert "ws://127.0.0.1:80;" in content_security_policy("127.0.0.1:80", secure=False)


def test_an_installed_icon_opens_the_link_it_was_made_from() -> None:
    told = json.loads(manifest("Example Help and Advice"))
    assert "start_url" not in told
    for icon in told["icons"]:
        path, _, mark = icon["src"].removeprefix("/web/").partition("?v=")
        assert assets()[path].hash == mark
        assert assets()[path].content_type == icon["type"]

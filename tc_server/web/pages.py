"""The pages `/j/LANG`, `/call`, `/test`, `/lost`: the templates filled in a language, their texts, their policy.

In the template `[[Text]]` stands for that text in the page's language and `{{name}}` for a value.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Final, Literal

from babel.dates import format_timedelta

from tc_server.locales import UNITS, Catalogue, catalogue, languages
from tc_server.locales.bidi import isolated
from tc_server.locales.numerals import local_digits
from tc_server.web.assets import HERE, pack, url
from tc_server.web.cldr import LEFT_OUT, cldr

_SLOT: Final = re.compile(r"\[\[(.+?)\]\]|\{\{([\w./-]+)\}\}")
DAY: Final = timedelta(hours=24)
JSON: Final = "application/json"


@cache
def page(
    language: str,
    *,
    organisation: str,
    retention: timedelta = DAY,
    max_file: int = 10_000_000,
    exit_url: str = "",
    video: str = "smooth",
) -> bytes:
    """Fill the page in a language.

    `max_file` is in bytes; quick exit goes to `exit_url`, or to the harmless page; `video` is what pictures keep on a
    weak line, smooth or sharp.
    """
    words = catalogue(language)
    said = {"organisation": organisation, "time": _span(retention, language)}
    settings = {
        "language": language,
        "exit": exit_url or "/",
        "max_file": max_file,
        "icon": url("icons/icon-192.png"),
        "calls": {"texts": call_texts_url(language), "style": url("css/call.css")},
        "video": video,
        "said": said,
        "texts": _new(words.page()),
    }
    values = {"languages": _choices(language)}
    return _filled("page.html", words, settings, said, values)


@cache
def call_page(language: str, *, organisation: str, video: str = "smooth") -> bytes:
    """Fill staff's call page in a language. It gets all its texts at once."""
    words = catalogue(language)
    said = {"organisation": organisation}
    texts = _new(words.page() | words.call())
    settings = {"language": language, "video": video, "said": said, "texts": texts}
    return _filled("call.html", words, settings, said, {})


@cache
def device_page(language: str, *, organisation: str, exit_url: str) -> bytes:
    """Fill the device test in a language: all that it says stands in it, hidden until it is so."""
    settings = {"language": language, "exit": exit_url or "/"}
    values = {"languages": _choices(language)}
    return _filled("test.html", catalogue(language), settings, {"organisation": organisation}, values)


@cache
def lost_page(language: str, *, organisation: str, exit_url: str, asked: bool) -> bytes:
    """Fill the page for a lost link in a language: the form, or what is answered once it was sent."""
    settings = {"language": language, "exit": exit_url or "/"}
    # From the left also in Arabic; the number is one of those that Ofcom keeps for drama.
    said = {"organisation": organisation, "example": "\u2066+44\u00a020\u00a07946\u00a00958\u2069"}
    values = {
        "languages": _choices(language),
        "other_languages": _links("/lost", language),
        "exit": html.escape(exit_url or "/"),
        "before": " hidden" if asked else "",
        "after": "" if asked else " hidden",
    }
    return _filled("lost.html", catalogue(language), settings, said, values)


@cache
def call_texts(language: str) -> bytes:
    """Return the texts of calls in a language, which the participants' page fetches when the first call comes."""
    return _json(_new(catalogue(language).call())).encode()


def call_texts_url(language: str) -> str:
    """Return where `call_texts` is fetched from: its content's hash is part of it."""
    return f"/web/texts/{language}.json?v={pack(call_texts(language), JSON).hash}"


def manifest(organisation: str) -> bytes:
    """Return the web manifest. It names no start address: an icon on the home screen opens the person's own link."""
    icons = [
        {
            "src": url(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    return json.dumps(
        {
            "name": organisation,
            "short_name": organisation[:12],
            "display": "standalone",
            "background_color": "#f4f1ea",
            "theme_color": "#0f5e59",
            "icons": icons,
        }
    ).encode()


def content_security_policy(host: str, *, secure: bool, has_form: bool = False) -> str:
    """Return the policy for every page: nothing from another host, nothing inline. `host` is `name[:port]`."""
    socket = f"{'wss' if secure else 'ws'}://{host}"
    form = "'self'" if has_form else "'none'"
    return (
        f"default-src 'self'; connect-src 'self' {socket}; img-src 'self' blob: data:; media-src 'self' blob:; "
        f"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {form}"
    )


def _filled(
    template: str, words: Catalogue, settings: Mapping[str, object], said: Mapping[str, str], values: Mapping[str, str]
) -> bytes:
    known = cldr(words.language.code)
    values = {
        "language": words.language.code,
        "dir": words.language.dir,
        "organisation": html.escape(said["organisation"]),
        "intl": f'<script type="module" src="{html.escape(url("js/intl.js"))}"></script>\n' if known else "",
        "settings": _json({**settings, "cldr": known} if known else settings).replace("<", "\\u003c"),
        **values,
    }
    return _SLOT.sub(lambda slot: _fill(slot, words, values, said), _template(template)).encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fill(slot: re.Match[str], words: Catalogue, values: Mapping[str, str], said: Mapping[str, str]) -> str:
    text, name = slot[1], slot[2]
    if text is None:
        return values[name] if name in values else html.escape(url(name))
    found = words.text(text)
    for key, value in said.items():
        found = found.replace(f"{{{key}}}", isolated(value, words.language.dir))
    return html.escape(found)


def _choices(chosen: str) -> str:
    return "".join(
        f'<option value="{language.code}" lang="{language.code}"{" selected" if language.code == chosen else ""}>'
        f"{html.escape(language.name)}</option>"
        for language in languages()
    )


def _links(path: str, chosen: str) -> str:
    return " ".join(
        f'<a href="{path}/{language.code}" lang="{language.code}" dir="{language.dir}">{html.escape(language.name)}</a>'
        for language in languages()
        if language.code != chosen
    )


def _new(texts: Mapping[str, str]) -> dict[str, str]:
    """Leave out what reads the same as its English source: the page falls back to that."""
    return {source: text for source, text in texts.items() if source != text}


def _span(time: timedelta, language: str) -> str:
    seconds = int(time.total_seconds())
    unit: Literal["hour", "minute", "second"] = (
        "hour" if seconds % 3600 == 0 else "minute" if seconds % 60 == 0 else "second"
    )
    if language in LEFT_OUT:
        # CLDR has gaps there, and no more than two forms.
        number = seconds // {"hour": 3600, "minute": 60, "second": 1}[unit]
        text = catalogue(language).text(UNITS[unit if number != 1 else f"{unit}_one"]).replace("{number}", str(number))
    else:
        # A threshold out of reach keeps 24 hours from becoming a day.
        text = format_timedelta(time, granularity=unit, threshold=seconds + 1, locale=language)
    return local_digits(text, language)


@cache
def _template(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")

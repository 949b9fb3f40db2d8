"""An email as programs read it: headers nobody adds to, two parts that say the same, nothing fetched from anywhere."""

import html
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tc_server.delivery.calendars import calendar
from tc_server.delivery.mail import mail, mailbox, needs_smtputf8
from tc_server.delivery.texts import compose
from tc_server.domain.invite import Invitation
from tc_server.locales import MESSAGES, catalogue, languages
from tc_server.services.context import Appointment

CODES = [language.code for language in languages()]
LINK = "https://talk.example.org/j/en#AbCdEfGhIjKlMnOpQrStUvWx"
SENT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
URL = re.compile(r"\w+://[^\s\"'<>)]*")


def made(code: str = "en", **changed: Any) -> EmailMessage:
    """Make an invitation's email in a language."""
    said = catalogue(code)
    invitation = Invitation(name="Layla", role="service-user", language=code, email="layla@example.org")
    words = compose("Example Help", "https://talk.example.org", "invitation", "email", invitation, LINK)
    values = {
        "subject": words.subject,
        "text": words.text,
        "link": LINK,
        "button": said.text(MESSAGES["email_button"]),
        "language": said.language,
        "to": "layla@example.org",
        "sender_name": "Example Help",
        "sender_address": "care@example.org",
        "message_id": "018f@example.org",
        "sent_at": SENT,
    }
    return mail(**(values | changed))


def read(message: EmailMessage) -> EmailMessage:
    """Read it back from what crosses the wire."""
    found = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    assert all(not value.defects for value in found.values())
    return found


def part(message: EmailMessage, kind: str) -> str:
    """Return the part of a kind, plain or html."""
    found = read(message).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def sender(message: EmailMessage) -> Address:
    """Return the one who sends it, as a mail program reads it."""
    [address] = read(message)["From"].addresses
    [(_, raw)] = [(name, raw) for name, raw in message.raw_items() if name == "From"]
    # Python 3.11 reads a name that is encoded in several words with gaps between them; its older reader doesn't.
    name = str(make_header(decode_header(raw.rpartition("\n <")[0])))
    return Address(name, addr_spec=address.addr_spec)


class Page(HTMLParser):
    """What is in an email's HTML: elements, attributes, the text that is seen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self._hidden = 0
        # What is isolated stands within its line.
        self.feed(re.sub('<span dir="auto">(.*?)</span>', "\u2068\\1\u2069", text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        self._hidden += tag in ("style", "title") or "display:none" in (found.get("style") or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= self._hidden and tag in ("style", "title", "div")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.seen.append(re.sub(r"[ \n]+", " ", data.strip(" \n")))


@pytest.mark.parametrize("code", CODES)
def test_it_says_the_same_as_text_and_as_html_in_that_order(code: str) -> None:
    message = made(code)
    assert [p.get_content_type() for p in read(message).iter_parts()] == ["text/plain", "text/html"]
    said = catalogue(code)
    words = compose(
        "Example Help",
        "https://talk.example.org",
        "invitation",
        "email",
        Invitation("Layla", "service-user", code, email="l@example.org"),
        LINK,
    )
    paragraphs = words.text.split("\n\n")
    assert ("\u2068" in words.text) == (said.language.dir == "rtl")
    assert part(message, "plain").replace("\u200f", "").replace("\u200e", "") == words.text + "\n"
    seen = Page(part(message, "html")).seen
    assert seen[0] == "Example Help"
    button = [said.text(MESSAGES["email_button"]), said.text(MESSAGES["email_copying"]), LINK]
    assert seen[1:] == [line for p in paragraphs for line in (button if p == LINK else [p])]


@pytest.mark.parametrize(
    ("cancelled", "method", "status"), [(False, "PUBLISH", "CONFIRMED"), (True, "CANCEL", "CANCELLED")]
)
def test_what_is_planned_is_attached_for_a_calendar_that_learns_who_invites_and_when_and_no_more(
    cancelled: bool, method: str, status: str
) -> None:
    planned = Appointment("018f", datetime(2026, 12, 1, 9, tzinfo=UTC))
    attached = calendar('Aide; "Éthiopie", Genève', "talk@example.org", planned, SENT, cancelled=cancelled)
    found = read(made("ar", calendar=attached))
    body, file = found.iter_parts()
    assert [p.get_content_type() for p in body.iter_parts()] == ["text/plain", "text/html"]
    assert (file.get_content_type(), file.get_filename(), file["Content-Type"].params["method"]) == (
        "text/calendar",
        "calendar.ics",
        method,
    )
    [event] = Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
    assert event.start == planned.at
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ('Aide; "Éthiopie", Genève', status)
    assert str(event["CLASS"]) == "PRIVATE"
    assert str(event["ORGANIZER"]) == "mailto:talk@example.org"
    assert not {"DESCRIPTION", "URL", "LOCATION", "ATTENDEE"} & set(event)


def test_an_address_copied_with_unseen_signs_is_the_address() -> None:
    assert mailbox("\u2068ana@example.org\u2069") == "ana@example.org"
    assert not needs_smtputf8("\u2068ana@example.org\u2069")


def test_what_is_told_later_takes_the_place_of_what_a_calendar_has() -> None:
    first, second = (
        calendar(
            "Example Help", "talk@example.org", Appointment("018f", SENT), SENT + timedelta(seconds=s), cancelled=False
        )
        for s in (0, 1)
    )
    one, two = (c.walk("VEVENT")[0] for c in (first, second))
    assert one["UID"] == two["UID"]
    assert one["SEQUENCE"] < two["SEQUENCE"]


def test_the_headers_say_who_when_in_which_language_and_that_a_machine_wrote() -> None:
    found = read(made("sw"))
    assert str(found["To"]) == "layla@example.org"
    assert str(sender(made())) == "Example Help <care@example.org>"
    assert found["Date"].datetime == SENT
    assert found["Message-ID"] == "<018f@example.org>"
    assert found["Content-Language"] == "sw"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Subject"] == "Example Help: mwaliko wako"


def test_nothing_follows_who_reads_it_and_answers_go_to_the_sender() -> None:
    message = made()
    assert not {"reply-to", "return-path", "disposition-notification-to", "list-unsubscribe"} & {
        name.lower() for name in message
    }


def test_the_same_message_is_the_same_bytes_when_it_is_sent_again() -> None:
    assert made("ar").as_bytes() == made("ar").as_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "منظمة المساعدة الصحية في كل مكان وكل زمان ولكل من يحتاج إليها",
        "የሕክምና ድጋፍ ለሁሉም ሰው በየትኛውም ቦታ",
        'Help, "Care" & Co. <boss@evil.example>',
        "Åid, Ünited; for (all): people" + " of every place and every time" * 3,
        "Help, aid, care, and comfort, for everybody, everywhere" + ", and always" * 6,
        "=?utf-8?q?evil=0ABcc=3A_boss=40evil=2Eexample?=",
        "x" * 300,
    ],
)
def test_a_senders_name_in_any_script_and_with_any_sign_stays_a_name(name: str) -> None:
    address = sender(made(sender_name=name))
    assert (address.display_name, address.addr_spec) == (name, "care@example.org")
    sent = made(sender_name=name).as_bytes()
    assert sent.isascii()
    assert made(sender_name=name).as_bytes(policy=SMTP) == sent


@pytest.mark.parametrize("field", ["subject", "sender_name", "to", "sender_address", "message_id"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n ", "\x00", "\u2028", "\x85", "\x0b"])
def test_no_value_can_add_a_header_or_end_them(field: str, end: str) -> None:
    before = made()
    message = made(**{field: f"x{end}Bcc: evil@example.net{end}{end}evil"})
    lines = message.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [line.partition(b":")[0].decode() for line in lines if not line.startswith((b" ", b"\t"))]
    assert names == list(before.keys())
    assert read(message).get_body(("html",)) is not None


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_written_into_names_and_subjects_the_headers_stay_the_same_ones(name: str, subject: str) -> None:
    found = read(made(sender_name=name, subject=subject))
    assert found.keys() == made().keys()
    assert [address.addr_spec for address in found["From"].addresses] == ["care@example.org"]


def test_a_subject_can_not_turn_its_writing_around() -> None:
    assert read(made(subject="safe \u202egnp.exe\u202c"))["Subject"] == "safe gnp.exe"


@pytest.mark.parametrize("code", CODES)
def test_no_line_is_longer_than_mail_may_carry(code: str) -> None:
    long = "x" * 3000 + "\n\n" + "ሰላም " * 3000
    for message in (made(code), made(code, text=long, subject=long, sender_name=long)):
        data = message.as_bytes()
        assert data.isascii()
        assert max(len(line) for line in data.split(b"\r\n")) <= 78
        assert b"\r" not in data.replace(b"\r\n", b"")
        assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("layla@Example.ORG", "layla@example.org"),
        ("layla@bücher.example", "layla@xn--bcher-kva.example"),
        ("layla@straße.example", "layla@xn--strae-oqa.example"),
        ("layla@موقع.وزارة-الاتصالات.مصر", "layla@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c"),
        ("layla@例え。テスト", "layla@xn--r8jz45g.xn--zckzah"),
        ("lay,la@example.org", '"lay,la"@example.org'),
        ('"lay la"@example.org', '"layla"@example.org'),
        ("o'neill+x.y@example.org", "o'neill+x.y@example.org"),
    ],
)
def test_an_address_is_written_as_mail_servers_know_it(address: str, sent: str) -> None:
    assert mailbox(address) == sent
    assert not needs_smtputf8(address)
    message = made(to=address)
    assert b"\r\nTo: " + sent.encode() + b"\r\n" in message.as_bytes()
    assert len(read(message)["To"].addresses) == 1


def test_a_local_part_in_another_script_is_left_to_servers_that_know_it() -> None:
    assert needs_smtputf8("ليلى@example.org")
    assert needs_smtputf8("ليلى@مصر.example")
    message = made(to="ليلى@مصر.example")
    assert "\r\nTo: ليلى@xn--wgbh1c.example\r\n" in message.as_bytes().decode()


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_fetched_from_anywhere_and_the_link_is_the_only_address(code: str) -> None:
    page = part(made(code), "html")
    assert set(URL.findall(page)) == {LINK}
    assert not re.search(r"url\(|@import|@font-face", page)
    elements = Page(page).elements
    assert not {tag for tag, _ in elements} & {"img", "link", "script", "iframe", "form", "input", "video", "object"}
    assert not [attributes for _, attributes in elements if attributes.keys() & {"src", "background", "srcset"}]
    assert [attributes["href"] for tag, attributes in elements if tag == "a"] == [LINK, LINK]


@pytest.mark.parametrize("code", CODES)
def test_it_is_written_in_its_language_and_direction_but_the_link_from_the_left(code: str) -> None:
    language = catalogue(code).language
    elements = Page(part(made(code), "html")).elements
    (_, whole), (_, body) = elements[0], next(e for e in elements if e[0] == "table")
    assert (whole["lang"], whole["dir"]) == (body["lang"], body["dir"]) == (code, language.dir)
    [box] = [attributes for tag, attributes in elements if tag == "td" and attributes.get("class") == "address"]
    assert "direction:ltr" in (box["style"] or "")
    assert "word-break:break-all" in (box["style"] or "")
    [card] = [attributes for tag, attributes in elements if tag == "td" and attributes.get("class") == "card"]
    assert card["align"] == ("right" if language.dir == "rtl" else "left")


def test_text_from_the_right_begins_so_in_a_program_that_shows_plain_text() -> None:
    text = f"Example Help تدعوك إلى محادثة.\n\n{LINK}\n\nمرحبًا"
    lines = part(made("ar", text=text), "plain").split("\n\n")
    assert lines == ["\u200fExample Help تدعوك إلى محادثة.", LINK, "مرحبًا\n"]
    assert part(made("en", text="منظمة invites you."), "plain").startswith("\u200e")


def test_what_the_preview_shows_is_neither_the_link_nor_who_is_spoken_to() -> None:
    hidden = re.search(r'<div style="display:none[^>]*>(.*?)</div>', part(made(), "html"))
    assert hidden is not None
    shown = html.unescape(hidden[1])
    assert shown.startswith("This message is only for you.")
    assert len(shown) > 200
    assert "http" not in shown
    assert "Layla" not in shown
    assert "Example" not in shown


def test_signs_of_html_in_a_text_are_shown_and_lines_stay_lines() -> None:
    message = made(
        text=f"Hello <b>$name</b> & co\nsecond line\n\n\n \n{LINK}", button='<i>"Go"</i>', sender_name="<hr>"
    )
    page = Page(part(message, "html"))
    assert not {tag for tag, _ in page.elements} & {"b", "i", "hr"}
    assert page.seen[:4] == ["<hr>", "Hello <b>$name</b> & co", "second line", '<i>"Go"</i>']
    assert "Hello <b>$name</b> & co\nsecond line" in part(message, "plain")


def test_a_link_with_signs_of_its_own_is_kept_whole() -> None:
    link = "https://talk.example.org/j/en?a=1&b=%22'#-_~-"
    elements = Page(part(made(text=f"Hello\n\n{link}", link=link), "html")).elements
    assert {attributes["href"] for tag, attributes in elements if tag == "a"} == {link}


def test_a_text_without_the_link_in_it_gets_it_at_the_end_and_one_without_a_link_gets_no_button() -> None:
    assert part(made(text="Hello"), "plain") == f"Hello\n\n{LINK}\n"
    assert "href" not in part(made(text="Hello", link=None), "html")


def test_half_a_character_or_a_control_sign_does_not_keep_a_message_from_being_sent() -> None:
    assert part(made(text="a\ud800b\x00c\x1bd", link=None), "plain") == "a?bcd\n"


@pytest.mark.parametrize("code", CODES)
def test_no_mail_program_cuts_it_short(code: str) -> None:
    """Gmail shows 102 kB."""
    assert len(made(code).as_bytes()) < 20_000

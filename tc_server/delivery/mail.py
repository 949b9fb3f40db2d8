"""An email as it goes out: the text as it is, the same as HTML with the link for a button, headers nobody can add to.

What is written in it is `texts`'s; handing it to a server is a provider's.

Mail programs know little: HTML is tables with inline styles (Outlook draws with Word), style sheets only better it
(phones; dark mode in Apple Mail and Thunderbird, apart, since Gmail may drop a sheet with rules that it doesn't know);
nothing is fetched from anywhere. Source: caniemail.com.
"""

import hashlib
import html
import re
import unicodedata
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from icalendar import Calendar

from tc_server.locales import MESSAGES, Language, catalogue
from tc_server.locales.bidi import bare, pointed

# Headers are folded here, and stay so: when it folds anew, Python 3.11 drops the quotes of a name that has a comma
# (CPython issue 80222), and a name could become an address. Lines that are short are kept by other policies too.
_POLICY: Final = SMTP.clone(refold_source="none")
_UNSEEN: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))
_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/^_`{|}~-]+)*")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABEL_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
_NO_ID: Final = re.compile("[^A-Za-z0-9.@_+-]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ROOM: Final = 60

_FONTS: Final = (
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic','Noto Sans Ethiopic',"
    "Ebrima,Nyala,Kefa,Tahoma,Arial,sans-serif"
)
_PARAGRAPH: Final = Template(
    '<p class="ink" style="margin:0 0 20px;font-size:18px;line-height:1.6;color:#1c2a29">$text</p>'
)
_BUTTON: Final = Template(
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    ' style="width:100%;margin:4px 0 20px;border-collapse:separate">'
    '<tr><td class="button" align="center" bgcolor="#0f5e59"'
    ' style="background-color:#0f5e59;border-radius:28px;text-align:center;mso-padding-alt:16px 20px">'
    '<a class="label" href="$link" style="display:block;padding:16px 20px;font-family:$fonts;font-size:19px;'
    'line-height:1.3;font-weight:600;color:#ffffff;text-decoration:none">$button</a></td></tr></table>\n'
    '<p class="soft" style="margin:0 0 8px;font-size:15px;line-height:1.5;color:#55625f">$copying</p>\n'
    '<table role="presentation" dir="ltr" width="100%" cellpadding="0" cellspacing="0" border="0"'
    ' style="width:100%;margin:0 0 24px;table-layout:fixed;border-collapse:separate">'
    '<tr><td class="address" align="left" bgcolor="#f4f1ea" style="padding:10px 14px;background-color:#f4f1ea;'
    "border:1px solid #d9d4c8;border-radius:12px;direction:ltr;text-align:left;font-family:$fonts;font-size:14px;"
    'line-height:1.5;word-wrap:break-word;overflow-wrap:anywhere;word-break:break-all">'
    '<a class="bare" href="$link" style="color:#0f5e59;text-decoration:none;word-break:break-all">$link</a>'
    "</td></tr></table>"
)
# After the preview, invisible: else mail programs fill its line, on the locked screen too, with what follows.
_FILLER: Final = "&#8199;&#847;&#8204;" * 90


def mail(
    *,
    subject: str,
    text: str,
    link: str | None,
    button: str,
    language: Language,
    to: str,
    sender_name: str,
    sender_address: str,
    message_id: str,
    sent_at: datetime,
    calendar: Calendar | None = None,
) -> EmailMessage:
    """Make an email of a text, its paragraphs parted by empty lines; the one that is `link` becomes a button.

    A `calendar` is attached.

    The addresses may have domains in any script. `sent_at` is aware. The same arguments give the same bytes.
    """
    made = EmailMessage(_POLICY.clone(utf8=needs_smtputf8(to) or needs_smtputf8(sender_address)))
    subject, sender_name = _line(subject), _line(bare(sender_name))
    paragraphs = _paragraphs(text, link)
    plain = "\n\n".join(p if p == link else pointed(p, language.dir) for p in paragraphs) + "\n"
    page = _page(subject, paragraphs, link, button, language, sender_name)
    made.set_content(plain, cte=_encoding(plain))
    made.add_alternative(page, subtype="html", cte=_encoding(page))
    mark = hashlib.sha256(message_id.encode(errors="replace")).hexdigest()[:32]
    made.set_boundary(f"=_{mark}")
    if calendar:
        made.add_attachment(
            calendar.to_ical(),
            maintype="text",
            subtype="calendar",
            filename="calendar.ics",
            params={"method": str(calendar["METHOD"]), "charset": "utf-8"},
        )
        made.set_boundary(f"=_{mark}_")
    for name, value in {
        "From": f"{_phrase(sender_name)}\n <{mailbox(sender_address)}>" if sender_name else mailbox(sender_address),
        "To": mailbox(to),
        "Subject": _words(subject, "Subject"),
        "Date": format_datetime(sent_at),
        "Message-ID": f"<{_NO_ID.sub('', message_id)}>",
        "Content-Language": language.code,
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday answers it
        "X-Auto-Response-Suppress": "OOF, AutoReply",  # what Exchange heeds instead
    }.items():
        made.set_raw(name, value)
    return made


def mailbox(address: str) -> str:
    """Bring an address into the form for headers and envelope: the domain in ASCII, the local part quoted if need be.

    Source: RFC 5891 for domains; mapped as in UTS 46, but unlike Python's `idna`, which is of 2003, "ß" stays itself.
    """
    local, _, domain = _line(bare(address)).replace(" ", "").rpartition("@")
    if not _QUOTED.fullmatch(local):
        local = Address(username=local).addr_spec
    return f"{local}@{'.'.join(_ascii_label(label) for label in _LABEL_DOTS.split(domain))}"


def needs_smtputf8(address: str) -> bool:
    """Tell whether an address can only be sent to by servers that know SMTPUTF8 (RFC 6531)."""
    return not mailbox(address).isascii()


def _ascii_label(label: str) -> str:
    label = unicodedata.normalize("NFKC", label.lower())
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _line(text: str) -> str:
    """Make one line of what somebody wrote, without anything that could end it or turn its writing around."""
    seen = (" " if unicodedata.category(c) in _UNSEEN else "" if c in _OVERRIDES else c for c in text)
    return " ".join("".join(seen).split())


def _phrase(name: str) -> str:
    """Write a name so that nothing in it has a meaning of its own; what isn't plain words is encoded (RFC 2047)."""
    return name if _PLAIN_NAME.fullmatch(name) and len(name) <= _ROOM else _encoded(name, "From")


def _words(text: str, header: str) -> str:
    return text if text.isascii() and "=?" not in text and len(text) <= _ROOM else _encoded(text, header)


def _encoded(text: str, header: str) -> str:
    return Header(text, "utf-8", header_name=header, maxlinelen=76).encode()


def _encoding(text: str) -> str:
    """Choose what is shorter; either keeps lines under 78 octets."""
    octets, plain = len(text.encode()), len(text.encode("ascii", "ignore"))
    return "base64" if (octets - plain) * 6 > octets else "quoted-printable"


def _paragraphs(text: str, link: str | None) -> list[str]:
    # Half a character (a lone surrogate) can't be sent.
    text = text.encode(errors="replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text)
    found = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    return found if link is None or link in found else [*found, link]


def _page(
    subject: str, paragraphs: list[str], link: str | None, button: str, language: Language, sender_name: str
) -> str:
    said = catalogue(language.code)
    address = html.escape(link or "")
    drawn = {"fonts": _FONTS, "link": address, "button": html.escape(_line(button))}
    pressed = _BUTTON.substitute(drawn, copying=html.escape(said.text(MESSAGES["email_copying"])))
    return _template().substitute(
        language=language.code,
        dir=language.dir,
        start="left" if language.dir == "ltr" else "right",
        fonts=_FONTS,
        subject=html.escape(subject),
        sender=html.escape(sender_name),
        preview=html.escape(said.text(MESSAGES["email_preview"])),
        filler=_FILLER,
        paragraphs="\n".join(
            pressed if paragraph == link else _PARAGRAPH.substitute(text=_marked_up(paragraph))
            for paragraph in paragraphs
        ),
    )


def _marked_up(text: str) -> str:
    """Write a text as HTML; signs that isolate become markup: Outlook draws a box for them."""
    return html.escape(text).replace("\n", "<br>\n").replace("\u2068", '<span dir="auto">').replace("\u2069", "</span>")


@cache
def _template() -> Template:
    return Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))

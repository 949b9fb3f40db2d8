"""`tc invite`: the right to join one session, and how it gets to a phone."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tc_cli.commands import batch, several, verbs
from tc_cli.commands.languages import complete

if TYPE_CHECKING:
    from datetime import datetime

    from tc_server.wire import bodies

app = verbs.noun("Invite somebody, and look after invites.")

ViaName = Literal["auto", "whatsapp", "sms", "email", "link"]

Phone = Annotated[str | None, typer.Option(help="Phone number with its country: +41446681800.", metavar="P")]
Email = Annotated[str | None, typer.Option(help="Email address.", metavar="E")]
LinkOnly = Annotated[bool, typer.Option("--link-only", help="Send nothing; you pass the link on.")]
Language = Annotated[
    str,
    typer.Option(
        help="Language of the text and the page: `tc languages` lists them.", metavar="L", autocompletion=complete
    ),
]
Via = Annotated[ViaName, typer.Option(help="The way to send it; auto picks by what was given.")]
Note = Annotated[str | None, typer.Option(help="For your own eyes; never sent.", metavar="TEXT")]
At = Annotated[str | None, typer.Option(help='Plan it: "2026-12-01 14:30", "tomorrow 14:30", "in 2h".', metavar="WHEN")]
Timezone = Annotated[
    str | None, typer.Option(help="The zone of that time, and the one the person is told it in.", metavar="TZ")
]
Channel = Annotated[ViaName, typer.Option(help="The way to send it.")]


@verbs.verb(
    app,
    "remote",
    'tc invite remote --name "Amal H." --phone +96171123456 --language ar',
    "tc invite remote --name Amal --link-only        # shows the link and a QR code",
    "tc invite remote --name Amal --email a@example.org -o json | jq -r .url",
    'tc invite remote --name Amal --phone +96171123456 --at "tomorrow 14:30" --timezone Asia/Beirut',
)
def remote(
    name: Annotated[str, typer.Option(help="What the person is called.", metavar="N")],
    phone: Phone = None,
    email: Email = None,
    link_only: LinkOnly = False,
    language: Language = "en",
    via: Via = "auto",
    at: At = None,
    timezone: Timezone = None,
    note: Note = None,
) -> None:
    """Invite a service user who is elsewhere."""
    _invite(_request("remote", name, phone, email, link_only, language, via, note, at, timezone))


@verbs.verb(app, "in-person", 'tc invite in-person --colleague "Dr Okoye" --phone +2348031234567')
def in_person(
    colleague: Annotated[str, typer.Option(help="Whom to ask: the colleague's name.", metavar="N")],
    phone: Phone = None,
    email: Email = None,
    link_only: LinkOnly = False,
    language: Language = "en",
    via: Via = "auto",
    at: At = None,
    timezone: Timezone = None,
    note: Note = None,
) -> None:
    """Invite a colleague to advise; the service user sits beside you."""
    _invite(_request("in-person", colleague, phone, email, link_only, language, via, note, at, timezone))


batch.add_to(app)


@verbs.verb(app, "preview", "tc invite preview --name Amal --phone +96171123456 --language ar")
def preview(
    name: Annotated[str | None, typer.Option(help="What the person is called.", metavar="N")] = None,
    colleague: Annotated[str | None, typer.Option(help="A colleague's name, for in-person.", metavar="N")] = None,
    phone: Phone = None,
    email: Email = None,
    link_only: LinkOnly = False,
    language: Language = "en",
    via: Via = "auto",
    at: At = None,
    timezone: Timezone = None,
    note: Note = None,
) -> None:
    """Show the exact text that would go out on each channel. Nothing is sent."""
    from tc_cli.client import calls
    from tc_cli.client.errors import Misuse
    from tc_cli.output import previews

    person = name or colleague
    if person is None or (name and colleague):
        raise Misuse("Whom would it be for?", "Give --name, or --colleague")
    kind: Literal["remote", "in-person"] = "in-person" if colleague else "remote"
    with verbs.api() as api:
        request = _request(kind, person, phone, email, link_only, language, via, note, at, timezone)
        previews.show(api.do(calls.preview(request)).items, request.at)


@verbs.verb(app, "list", "tc invite list --state invited", "tc invite list -o jsonl")
def list_(
    state: Annotated[str | None, typer.Option(help="Only those in this state.", metavar="STATE")] = None,
) -> None:
    """List your invites, newest first."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import Invite

    with verbs.api() as api:
        everything = api.every(lambda after: calls.invites(after, state=state))
        emit.listing(everything, views.INVITES, kind=Invite)


@verbs.verb(app, "show", "tc invite show 3f9c1a2b")
def show(ids: verbs.Ids) -> None:
    """Show an invite, its link, and how its deliveries went."""
    from tc_cli.client import calls, find
    from tc_cli.output import invites

    with verbs.api() as api:
        invites.show_each(several.each(ids, lambda one: api.do(calls.show_invite(find.invite(api, one)))))


@verbs.verb(app, "resend", "tc invite resend 3f9c1a2b --via sms")
def resend(ids: verbs.Ids, via: Channel = "auto") -> None:
    """Send an invite's text once more."""
    from tc_cli.client import calls, find
    from tc_cli.output import invites

    with verbs.api() as api:
        invites.show_each(several.each(ids, lambda one: api.do(calls.resend(find.invite(api, one), via))))


@verbs.verb(
    app,
    "reschedule",
    'tc invite reschedule 3f9c1a2b --at "fri 9:00"',
    "tc invite reschedule 3f9c1a2b --at 2026-12-01T14:30+03:00",
)
def reschedule(
    ids: verbs.Ids,
    at: Annotated[str, typer.Option(help='The new time: "2026-12-01 14:30", "tomorrow 14:30".', metavar="WHEN")],
    timezone: Timezone = None,
) -> None:
    """Plan for another time, and tell whoever is invited."""
    from tc_cli.client import calls, find
    from tc_cli.output import invites
    from tc_server.wire.bodies import RescheduleRequest

    moment, zone = _plan(at, timezone)
    request = RescheduleRequest(at=moment, timezone=zone)
    with verbs.api() as api:
        invites.show_each(several.each(ids, lambda one: api.do(calls.reschedule(find.invite(api, one), request))))


@verbs.verb(
    app,
    "revoke",
    "tc invite revoke 3f9c1a2b",
    "tc invite list --state invited -o jsonl | jq -r .invite_id | tc invite revoke -",
)
def revoke(ids: verbs.Ids) -> None:
    """Take an invite back: its link leads nowhere any more."""
    from tc_cli.client import calls, find
    from tc_cli.output import invites

    with verbs.api() as api:
        invites.show_each(several.each(ids, lambda one: api.do(calls.revoke(find.invite(api, one)))))


@verbs.verb(app, "rotate", "tc invite rotate 3f9c1a2b")
def rotate(ids: verbs.Ids) -> None:
    """Replace an invite's link; devices that used the old one are logged out, and nothing is sent by itself."""
    from tc_cli.client import calls, find
    from tc_cli.output import invites

    with verbs.api() as api:
        invites.show_each(several.each(ids, lambda one: api.do(calls.rotate(find.invite(api, one)))), rotated=True)


def _request(
    kind: Literal["remote", "in-person"],
    name: str,
    phone: str | None,
    email: str | None,
    link_only: bool,
    language: str,
    via: ViaName,
    note: str | None,
    at: str | None,
    timezone: str | None,
) -> "bodies.InviteRequest":
    from tc_server.wire.bodies import InviteRequest

    way = contact_way(phone, email, link_only, via)
    moment, zone = _plan(at, timezone) if at else (None, timezone)
    return InviteRequest(
        kind=kind,
        name=name,
        phone=phone,
        email=email,
        language=language,
        via=way,
        note=note,
        at=moment,
        timezone=zone,
    )


def _plan(at: str, timezone: str | None) -> "tuple[datetime, str | None]":
    """Read a time in its zone, by default this machine's; the person's own is then told by their phone number."""
    from datetime import datetime

    from tc_cli.client import when

    if timezone is not None:
        when.zone_of(timezone)
    return when.read(at, timezone or when.local_zone(), datetime.now().astimezone()), timezone


def contact_way(phone: str | None, email: str | None, link_only: bool, via: ViaName) -> ViaName:
    """Return the way to send by; raise Misuse if there is none, or `--link-only` and another."""
    from tc_cli.client.errors import Misuse

    if link_only and via not in {"auto", "link"}:
        raise Misuse(f"--link-only sends nothing, --via {via} does", "Choose one")
    if link_only:
        return "link"
    if phone is None and email is None and via != "link":
        raise Misuse("There is no way to reach the person", "Give --phone, --email or --link-only")
    return via


def _invite(request: "bodies.InviteRequest") -> None:
    from tc_cli.client import calls
    from tc_cli.output import invites

    with verbs.api() as api:
        invites.show_made(api.do(calls.invite(request)))

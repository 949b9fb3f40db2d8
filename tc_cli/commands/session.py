"""`tc session`: everything one does with a consultation, from looking at it to forgetting it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tc_cli.commands import several, verbs
from tc_cli.commands.invite import Email, Language, LinkOnly, Phone, Via
from tc_cli.output import diagnostics

if TYPE_CHECKING:
    from tc_server.wire.bodies import ErasedSession, Session

app = verbs.noun("Talk in a session, and lead it from start to end.")

State = Annotated[str | None, typer.Option(help="Only these states, by commas: waiting,open.", metavar="STATE")]
After = Annotated[int, typer.Option(min=0, metavar="SEQ", help="Only entries after this one.")]


@verbs.verb(app, "list", "tc session list", "tc session list --state waiting,open -o json")
def list_(
    state: State = None, erased: Annotated[bool, typer.Option("--erased", help="Receipts instead.")] = False
) -> None:
    """List your sessions, newest first."""
    from tc_cli.client import calls
    from tc_cli.output import emit, views
    from tc_server.wire import bodies

    with verbs.api() as api:
        if erased:
            emit.listing(api.every(calls.receipts), views.RECEIPTS, kind=bodies.ErasedSession)
        else:
            everything = api.every(lambda after: calls.sessions(after, state=state))
            emit.listing(everything, views.SESSIONS, kind=bodies.Session)


@verbs.verb(app, "show", "tc session show 3f9c1a2b", "tc session show 3f9c1a2b -o json | jq .people")
def show(ids: verbs.Ids) -> None:
    """Show a session and the people in it; of an erased one, its receipt."""
    from tc_cli.client import calls, find
    from tc_cli.output import sessions

    with verbs.api() as api:
        sessions.show(several.each(ids, lambda one: api.do(calls.show_session(find.session(api, one)))))


@verbs.verb(app, "start", "tc session start 3f9c1a2b")
def start(ids: verbs.Ids) -> None:
    """Start with somebody who waits, out of turn."""
    _move(ids, "start")


@verbs.verb(app, "resume", "tc session resume 3f9c1a2b")
def resume(ids: verbs.Ids) -> None:
    """Take up a session that was kept open."""
    _move(ids, "resume")


@verbs.verb(app, "keep-open", "tc session keep-open 3f9c1a2b")
def keep_open(ids: verbs.Ids) -> None:
    """End the consultation, and let both sides go on writing."""
    _move(ids, "keep-open")


@verbs.verb(app, "reopen", "tc session reopen 3f9c1a2b")
def reopen(ids: verbs.Ids) -> None:
    """Open a closed session again, while it isn't erased."""
    _move(ids, "reopen")


@verbs.verb(
    app,
    "close",
    "tc session close 3f9c1a2b",
    "tc session close 3f9c1a2b 77d0e1f2 --transcript ~/records",
)
def close(
    ids: verbs.Ids,
    transcript: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write each one's transcript into this folder.")
    ] = None,
    force: verbs.Force = False,
) -> None:
    """Close sessions. What was said stays for a day and is then erased."""
    from tc_cli.client import calls, find
    from tc_cli.client.errors import BadFile
    from tc_cli.output import sessions

    if transcript is not None and not transcript.is_dir():
        raise BadFile(f"There is no folder {transcript}", "Make it first")
    with verbs.api() as api:

        def closed(one: str) -> "Session | ErasedSession":
            from tc_cli.commands import transcripts

            session_id = find.session(api, one)
            out = transcripts.path_in(transcript, session_id, force=force) if transcript is not None else None
            session = api.do(calls.move(session_id, "close"))
            if out is not None:
                transcripts.write(api, session_id, out)
            return session

        sessions.show(several.each(ids, closed))


@verbs.verb(app, "erase", "tc session erase 3f9c1a2b --yes")
def erase(ids: verbs.Ids, yes: verbs.Yes = False) -> None:
    """Erase closed or cancelled sessions now, for good; receipts stay."""
    from tc_cli.client import calls, find
    from tc_cli.output import sessions

    wanted = several.given_ids(ids)
    verbs.sure(f"Erase {len(wanted)} session{'s' * (len(wanted) > 1)} for good?", yes=yes)
    with verbs.api() as api:
        sessions.show(several.each(ids, lambda one: api.do(calls.erase(find.session(api, one))), wanted=wanted))


@verbs.verb(
    app,
    "send",
    'tc session send 3f9c1a2b "Please send me a photo of it"',
    "tc session send 3f9c1a2b --file plan.pdf --file skin.jpg",
    "fortune | tc session send 3f9c1a2b -",
)
def send(
    session: verbs.Id,
    text: Annotated[str | None, typer.Argument(help="What to say; - reads it from stdin.")] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="A photo or PDF; again for more. Photos are made small and nameless of place."),
    ] = None,
) -> None:
    """Say something in a session, send files, or both."""
    from tc_cli.client import calls, find
    from tc_cli.client.errors import Misuse
    from tc_cli.commands import sending
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import Message

    if text is None and not file:
        raise Misuse("There is nothing to send", "Give a text, or --file")
    uploads = sending.prepared(file or [])
    with verbs.api() as api:
        session_id = find.session(api, several.given_id(session))
        sent = []
        if text is not None:
            sent.append(api.do(calls.send(session_id, sending.words_of(text), calls.new_client_id())))
        sent.extend(sending.upload(api, session_id, one) for one in uploads)
    if len(sent) == 1:
        emit.thing(sent[0], views.MESSAGE)
    else:
        emit.listing(sent, views.MESSAGES, kind=Message)


@verbs.verb(app, "messages", "tc session messages 3f9c1a2b", "tc session messages 3f9c1a2b --after 12 -o jsonl")
def messages(session: verbs.Id, after: After = 0) -> None:
    """Print a session's log: what was said, and what happened."""
    from tc_cli.client import find
    from tc_cli.commands import reading
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import Message

    with verbs.api() as api:
        session_id = find.session(api, several.given_id(session))
        emit.listing(reading.log(api, session_id, after), views.MESSAGES, kind=Message)


@verbs.verb(app, "files", "tc session files 3f9c1a2b", "tc session files 3f9c1a2b --out ~/Downloads")
def files(
    session: verbs.Id,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Save them all into this folder.")] = None,
    force: verbs.Force = False,
) -> None:
    """List the files of a session, or save them."""
    from tc_cli.client import find
    from tc_cli.commands import reading
    from tc_cli.output import emit, views
    from tc_server.wire.bodies import Message

    with verbs.api() as api:
        session_id = find.session(api, several.given_id(session))
        found = [entry for entry in reading.log(api, session_id) if entry.file is not None]
        if out is not None:
            reading.save(api, found, out, force=force)
    emit.listing(found, views.FILES, kind=Message)


@verbs.verb(
    app,
    "watch",
    "tc session watch 3f9c1a2b",
    "tc session watch 3f9c1a2b --after 40 -o jsonl",
    'echo "I am with you in a moment" | tc session watch 3f9c1a2b',
)
def watch(session: verbs.Id, after: After = 0) -> None:
    """Chat line by line; made for screen readers, slow links and pipes.

    Each entry is one line. What you type is sent with Enter, or kept and sent when the connection is back.
    /start, /resume, /file PATH, /save SEQ [PATH], /close and /quit do what they say; Ctrl-D leaves too.
    """
    import asyncio

    from tc_cli.client import calls, find
    from tc_cli.client.errors import TcError
    from tc_cli.commands.watching import session as watching
    from tc_server.wire.bodies import ErasedSession

    with verbs.api() as api:
        found = api.do(calls.show_session(find.session(api, _typed_id(session))))
    if isinstance(found, ErasedSession):
        gone = TcError("This session has been erased")
        gone.code = "erased"
        raise gone
    asyncio.run(watching.Chat(api.access, found, after=after).run())


@verbs.verb(
    app,
    "call",
    "tc session call 3f9c1a2b",
    "tc session call 3f9c1a2b --audio --no-browser       # a link and a QR code, for your phone",
    "tc session call 3f9c1a2b --no-browser -o json | jq -r .url",
)
def call(
    session: verbs.Id,
    audio: Annotated[bool, typer.Option("--audio", help="Sound alone; without it the call has video too.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link of the call page.")] = False,
) -> None:
    """Call the people of a session: open the call page in a browser, or print its link and QR code.

    Their phones ring once your call page is there. The link is good for a minute and for one time; the same command
    again gives a new one, also while the call goes on. On a terminal it stays and shows how the call stands until it
    ends: h hangs up, Ctrl-C leaves the call going on.
    """
    from tc_cli.commands import calling

    calling.begin(several.given_id(session), "audio" if audio else "video", may_open=not no_browser)


@verbs.verb(app, "hangup", "tc session hangup 3f9c1a2b")
def hangup(ids: verbs.Ids) -> None:
    """End the call of a session, for everybody in it."""
    from tc_cli.client import calls, find
    from tc_cli.output import views

    with verbs.api() as api:
        ended = several.each(ids, lambda one: api.do(calls.hang_up(find.session(api, one))))
    ended.show(views.CALLS, views.CALL)


@verbs.verb(
    app,
    "add",
    'tc session add 3f9c1a2b --role interpreter --name "Sara T." --phone +96171123456',
    "tc session add 3f9c1a2b --role relative --name Yusuf --link-only",
)
def add(
    session: verbs.Id,
    role: Annotated[Literal["colleague", "relative", "interpreter"], typer.Option(help="Who it is.")],
    name: Annotated[str, typer.Option(help="What the person is called.", metavar="N")],
    phone: Phone = None,
    email: Email = None,
    link_only: LinkOnly = False,
    language: Language = "en",
    via: Via = "auto",
) -> None:
    """Invite one more person to a session; they see what is said from then on."""
    from tc_cli.client import calls, find
    from tc_cli.commands.invite import contact_way
    from tc_cli.output import invites
    from tc_server.wire.bodies import PersonRequest

    way = contact_way(phone, email, link_only, via)
    request = PersonRequest(role=role, name=name, phone=phone, email=email, language=language, via=way)
    with verbs.api() as api:
        invites.show_made(api.do(calls.add_person(find.session(api, several.given_id(session)), request)))


@verbs.verb(app, "remove", "tc session remove 3f9c1a2b 5e6f7a8b")
def remove(
    session: verbs.Id,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Any unique start or end of the participant's id.")],
) -> None:
    """Remove somebody from a session: their link and their devices are shut out."""
    from tc_cli.client import calls, find
    from tc_cli.client.ids import match
    from tc_cli.output import sessions

    with verbs.api() as api:
        found = api.do(calls.show_session(find.session(api, several.given_id(session))))
        people = [one.participant_id for one in getattr(found, "people", [])]
        participant_id = match(person, people, noun="participant")
        sessions.show_one(api.do(calls.remove_person(found.session_id, participant_id)))


@verbs.verb(app, "transcript", "tc session transcript 3f9c1a2b --out consultation.pdf")
def transcript(
    session: verbs.Id,
    out: Annotated[Path, typer.Option(metavar="F.pdf", help="Where to write it.")],
    force: verbs.Force = False,
) -> None:
    """Write what was said as a PDF."""
    from tc_cli.client import find
    from tc_cli.commands import transcripts
    from tc_cli.output import emit, views

    path = verbs.writable(out, force=force)
    with verbs.api() as api:
        emit.thing(transcripts.write(api, find.session(api, several.given_id(session)), path), views.WRITTEN)
    diagnostics.note("This file is yours to look after: the server forgets, your disk doesn't.")


def _move(ids: list[str], verb: str) -> None:
    from tc_cli.client import calls, find
    from tc_cli.output import sessions

    with verbs.api() as api:
        sessions.show(several.each(ids, lambda one: api.do(calls.move(find.session(api, one), verb))))


def _typed_id(given: str) -> str:
    from tc_cli.client.errors import Misuse

    if given == "-":
        raise Misuse("stdin is what you say here, so the id can't come from it", "Give the id itself")
    return given

"""Every request that the API knows, as a value: what to send, what comes back, whether it may be sent twice."""

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from tc_cli.client.uploads import Upload
from tc_server.wire import bodies as b
from tc_server.wire.batches import BatchAnswer, BatchOutcome, BatchRequest

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
API = "/api/v1"
PAGE = 200
LOG_PAGE = 500


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request; `read` turns a good response's body into the answer, raising msgspec.DecodeError if it can't."""

    method: str
    path: str
    read: Callable[[bytes], T_co]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True


def get(path: str, answer: type[T], **query: str | int | None) -> Call[T]:
    given = {key: str(value) for key, value in query.items() if value is not None}
    return Call("GET", API + path, body_of(answer), given)


def post(
    path: str, answer: type[T], body: msgspec.Struct | None = None, *, repeatable: bool = False, once: str = ""
) -> Call[T]:
    """Make a POST; `once` is a key under which the server does it a single time however often it comes."""
    content, headers = None, {}
    if body is not None:
        content, headers["Content-Type"] = msgspec.json.encode(body), "application/json"
    if once:
        headers["Idempotency-Key"] = once
    return Call("POST", API + path, body_of(answer), {}, content, headers, repeatable or bool(once))


def body_of(answer: type[T]) -> Callable[[bytes], T]:
    """Return what reads a JSON body of this type."""
    return functools.partial(msgspec.json.decode, type=answer)


def no_body(_content: bytes) -> None:
    """Read the body of an answer that has none."""


def session_or_erased(content: bytes) -> b.Session | b.ErasedSession:
    """Read a session as its owner sees it, whatever has become of it."""
    if msgspec.json.decode(content, type=_Stateful).state == "erased":
        return msgspec.json.decode(content, type=b.ErasedSession)
    return msgspec.json.decode(content, type=b.Session)


class _Stateful(msgspec.Struct):
    state: str


def at(*parts: str) -> str:
    """Join path segments, each escaped: an id typed by somebody can't lead elsewhere."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def health() -> Call[b.Health]:
    return Call("GET", "/healthz", body_of(b.Health))


def providers() -> Call[b.Providers]:
    return get("/providers", b.Providers)


# --- logins and accounts ----------------------------------------------------------------------------------------


def login(user: str, password: str) -> Call[b.Login]:
    return post("/auth/login", b.Login, b.LoginRequest(user=user, password=password))


def logout() -> Call[None]:
    return Call("POST", f"{API}/auth/logout", no_body)


def whoami() -> Call[b.User]:
    return get("/auth/me", b.User)


def users(after: str | None = None) -> Call[b.Users]:
    return get("/users", b.Users, after=after, limit=PAGE)


def add_user(request: b.UserRequest) -> Call[b.UserWithPassword]:
    return post("/users", b.UserWithPassword, request)


def disable_user(user_id: str) -> Call[b.User]:
    return post(at("users", user_id, "disable"), b.User, repeatable=True)


def enable_user(user_id: str) -> Call[b.User]:
    return post(at("users", user_id, "enable"), b.User, repeatable=True)


def change_role(user_id: str, role: b.Role) -> Call[b.User]:
    return post(at("users", user_id, "role"), b.User, b.RoleRequest(role=role), repeatable=True)


def reset_password(user_id: str, password: str | None) -> Call[b.UserWithPassword]:
    return post(at("users", user_id, "reset"), b.UserWithPassword, b.PasswordRequest(password=password))


def stats() -> Call[b.Stats]:
    return get("/stats", b.Stats)


# --- invites ----------------------------------------------------------------------------------------------------


def invite(request: b.InviteRequest, key: str = "") -> Call[b.Invite]:
    return post("/invites", b.Invite, request, once=key or new_key())


def invite_batch(request: BatchRequest) -> Call[list[BatchOutcome]]:
    """Invite many, or check them; the keys of the rows make it repeatable."""
    return Call(
        "POST",
        f"{API}/invites/batch",
        lambda content: msgspec.json.decode(content, type=BatchAnswer).rows,
        body=msgspec.json.encode(request),
        headers={"Content-Type": "application/json"},
    )


def preview(request: b.InviteRequest) -> Call[b.Previews]:
    return post("/invites/preview", b.Previews, request, repeatable=True)


def invites(after: str | None = None, *, state: str | None = None) -> Call[b.Invites]:
    return get("/invites", b.Invites, state=state, after=after, limit=PAGE)


def show_invite(invite_id: str) -> Call[b.Invite]:
    return get(at("invites", invite_id), b.Invite)


def resend(invite_id: str, via: b.Via) -> Call[b.Invite]:
    return post(at("invites", invite_id, "resend"), b.Invite, b.ResendRequest(via=via))


def reschedule(invite_id: str, request: b.RescheduleRequest) -> Call[b.Invite]:
    return post(at("invites", invite_id, "reschedule"), b.Invite, request)


def agenda() -> Call[b.Invites]:
    return get("/agenda", b.Invites)


def revoke(invite_id: str) -> Call[b.Invite]:
    return post(at("invites", invite_id, "revoke"), b.Invite)


def rotate(invite_id: str) -> Call[b.Invite]:
    return post(at("invites", invite_id, "rotate"), b.Invite)


def join(token: str, language: str | None = None) -> Call[b.Joined]:
    return post("/join", b.Joined, b.JoinRequest(token=token, accept_terms=True, language=language))


# --- the queue and sessions -------------------------------------------------------------------------------------


def queue() -> Call[b.Queue]:
    return get("/queue", b.Queue)


def start_next() -> Call[b.Session]:
    return post("/queue/next", b.Session)


def tell(session_id: str, minutes: int) -> Call[b.Message]:
    return post(at("sessions", session_id, "tell"), b.Message, b.TellRequest(minutes=minutes))


def sessions(after: str | None = None, *, state: str | None = None) -> Call[b.Sessions]:
    return get("/sessions", b.Sessions, state=state, after=after, limit=PAGE)


def receipts(after: str | None = None) -> Call[b.Receipts]:
    return get("/receipts", b.Receipts, after=after, limit=PAGE)


def show_session(session_id: str) -> Call[b.Session | b.ErasedSession]:
    return Call("GET", API + at("sessions", session_id), session_or_erased)


def move(session_id: str, verb: str) -> Call[b.Session]:
    """Make a move of a session's life: start, resume, keep-open, close or reopen."""
    return post(at("sessions", session_id, verb), b.Session)


def erase(session_id: str) -> Call[b.ErasedSession]:
    return post(at("sessions", session_id, "erase"), b.ErasedSession)


def add_person(session_id: str, request: b.PersonRequest, key: str = "") -> Call[b.Invite]:
    return post(at("sessions", session_id, "participants"), b.Invite, request, once=key or new_key())


def remove_person(session_id: str, participant_id: str) -> Call[b.Session]:
    return Call("DELETE", API + at("sessions", session_id, "participants", participant_id), body_of(b.Session))


# --- audio and video calls --------------------------------------------------------------------------------------


def open_call(session_id: str, media: b.CallMedium) -> Call[b.CallOpened]:
    """Begin a call, or get a new way into the one that goes on: where the answer was lost, another one does as well."""
    return post(at("sessions", session_id, "call"), b.CallOpened, b.CallRequest(media=media), repeatable=True)


def live_call(session_id: str) -> Call[b.LiveCall]:
    return get(at("sessions", session_id, "call"), b.LiveCall)


def hang_up(session_id: str) -> Call[b.Call]:
    return post(at("sessions", session_id, "call", "hangup"), b.Call, repeatable=True)


def enter_call(token: str) -> Call[b.CallEntered]:
    """Come into a call as the call page does; the token is spent by it."""
    return post("/call/enter", b.CallEntered, b.CallEnterRequest(token=token))


def accept_call(session_id: str, media: b.CallMedium = "audio") -> Call[b.CallAccepted]:
    return post(at("sessions", session_id, "call", "accept"), b.CallAccepted, b.CallMedia(media=media))


def decline_call(session_id: str) -> Call[b.Call]:
    return post(at("sessions", session_id, "call", "decline"), b.Call, repeatable=True)


def request_call(session_id: str, media: b.CallMedium = "audio") -> Call[b.Message]:
    return post(at("sessions", session_id, "call", "request"), b.Message, b.CallMedia(media=media), repeatable=True)


def call_ice(session_id: str) -> Call[b.Ice]:
    return get(at("sessions", session_id, "call", "ice"), b.Ice)


# --- notices ----------------------------------------------------------------------------------------------------


def notify_targets(after: str | None = None) -> Call[b.NotifyTargets]:
    return get("/notify-targets", b.NotifyTargets, after=after)


def add_notify_target(address: str, language: str) -> Call[b.NotifyTarget]:
    request = b.NotifyTargetRequest(address=address, language=language)
    return post("/notify-targets", b.NotifyTarget, request, repeatable=True)


def remove_notify_target(target_id: str) -> Call[None]:
    return Call("DELETE", API + at("notify-targets", target_id), no_body)


def try_notify_target(target_id: str) -> Call[b.NotifyTrial]:
    return post(at("notify-targets", target_id, "test"), b.NotifyTrial)


# --- languages --------------------------------------------------------------------------------------------------


def languages() -> Call[b.Languages]:
    return get("/languages", b.Languages)


def phrases(language: str) -> Call[b.Phrases]:
    return get(at("languages", language, "phrases"), b.Phrases)


# --- messages and files -----------------------------------------------------------------------------------------


def messages(session_id: str, after: int = 0, *, limit: int = LOG_PAGE) -> Call[b.Messages]:
    return get(at("sessions", session_id, "messages"), b.Messages, after=after, limit=limit)


def send(session_id: str, text: str, client_id: str) -> Call[b.Message]:
    request = b.SendRequest(client_id=client_id, text=text)
    return post(at("sessions", session_id, "messages"), b.Message, request, repeatable=True)


def put_file(session_id: str, client_id: str, upload: Upload) -> Call[b.Message]:
    headers = {"Content-Type": upload.kind, "X-File-Name": quote(upload.name, safe="")}
    return Call(
        "PUT", API + at("sessions", session_id, "files", client_id), body_of(b.Message), {}, upload.content, headers
    )


def get_file(session_id: str, file_id: str) -> Call[bytes]:
    return Call("GET", API + at("sessions", session_id, "files", file_id), bytes)


def new_key() -> str:
    """Make an idempotency key: with the same one a request may be sent again and is done once."""
    return str(uuid.uuid4())


def new_client_id() -> str:
    """Make the id under which a message is known on both ends, before the server has seen it."""
    return uuid.uuid4().hex


def prepare_echo() -> Call[b.Ice]:
    """Ask what a device test connects with."""
    return post("/echo/ice", b.Ice, repeatable=True)


def echo(offer: str) -> Call[b.EchoAnswer]:
    """Call the echo with an offer."""
    return post("/echo", b.EchoAnswer, b.EchoOffer(sdp=offer))

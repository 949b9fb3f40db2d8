"""The bodies of HTTP requests and responses. Times are RFC 3339 UTC, ids UUIDv7 as text."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Role = Literal["staff", "admin"]
PersonRole = Literal["service-user", "colleague", "relative", "interpreter"]
AddedRole = Literal["colleague", "relative", "interpreter"]
InviteKind = Literal["remote", "in-person"]
Via = Literal["auto", "whatsapp", "sms", "email", "link"]
Channel = Literal["whatsapp", "sms", "email"]
SessionState = Literal["invited", "waiting", "active", "open", "closed", "cancelled", "erased"]
DeliveryState = Literal["queued", "trying", "sent", "delivered", "failed"]
AttemptResult = Literal[
    "trying",
    "unknown",
    "temporary",
    "throttled",
    "broken",
    "permanent",
    "accepted",
    "undelivered",
    "delivered",
]
DeliveryReason = Literal[
    "no_such_address",
    "refused",
    "unsupported",
    "busy",
    "throttled",
    "no_answer",
    "unreachable",
    "login_refused",
    "misconfigured",
    "not_written",
    "interrupted",
    "undelivered",
    "withdrawn",
    "too_late",
    "no_provider",
    "no_template",
]
TextKind = Literal["invitation", "planned", "reminder", "moved", "cancelled"]
Cost = Literal["free", "per-message", "per-segment"]
MessageKind = Literal[
    "text",
    "file",
    "joined",
    "left",
    "told",
    "started",
    "resumed",
    "kept_open",
    "closed",
    "reopened",
    "person_added",
    "person_removed",
    "call_requested",
    "call_started",
    "call_ended",
    "device_test",
]
CallMedium = Literal["audio", "video"]
CallState = Literal["opening", "ringing", "running", "ended"]
PartyState = Literal["expected", "ringing", "in", "declined", "missed", "left"]
CallOutcome = Literal["ended", "declined", "missed", "lost", "cancelled"]
NotifyKind = Literal["email", "sms", "apprise"]
NotifyResult = Literal["sent", "failed"]
QualityLevel = Literal["good", "fair", "poor", "lost"]

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Moment = Annotated[datetime, Meta(tz=True)]
ClientId = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
Text = Annotated[str, Meta(max_length=20_000)]
Secret = Annotated[str, Meta(min_length=1, max_length=200)]


class Body(Struct, frozen=True, kw_only=True):
    """The common shape: immutable, named fields only."""


class Request(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body: a field that isn't documented is refused by name."""


# --- errors -----------------------------------------------------------------------------------------------------


class Problem(Body, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details (RFC 9457) with a stable `code`; `state` and `possible` come with `illegal_move`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    state: str | None = None
    possible: list[str] | None = None
    retry_after: int | None = None
    planned_at: datetime | None = None


# --- accounts ---------------------------------------------------------------------------------------------------


class LoginRequest(Request, frozen=True, kw_only=True):
    user: Name
    password: Secret


class User(Body, frozen=True, kw_only=True):
    """An account. `disabled_at` is null while it may log in."""

    user_id: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


class Login(Body, frozen=True, kw_only=True):
    token: str
    expires_at: datetime
    user: User


class UserRequest(Request, frozen=True, kw_only=True):
    """A new account; without a password one is made up and returned once."""

    name: Name
    role: Role = "staff"
    password: Secret | None = None


class RoleRequest(Request, frozen=True, kw_only=True):
    role: Role


class PasswordRequest(Request, frozen=True, kw_only=True):
    """A new password; without one it is made up and returned once."""

    password: Secret | None = None


class UserWithPassword(Body, frozen=True, kw_only=True):
    """An account, and its password if the server made it up (else null). It isn't shown again."""

    user: User
    password: str | None


# --- invites ----------------------------------------------------------------------------------------------------


class InviteRequest(Request, frozen=True, kw_only=True):
    """An invite to make, or to preview. `note` is staff's own and never sent.

    `at` is when the conversation is planned for; without it the link is for now. `timezone` (IANA) is the zone that the
    person is told times in: without it that of their phone number, else UTC.
    """

    kind: InviteKind = "remote"
    name: Name
    phone: Annotated[str, Meta(max_length=40)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    language: Annotated[str, Meta(max_length=12)] = "en"
    via: Via = "auto"
    note: Annotated[str, Meta(max_length=2000)] | None = None
    at: Moment | None = None
    timezone: Annotated[str, Meta(max_length=64)] | None = None


class RescheduleRequest(Request, frozen=True, kw_only=True):
    """Another time for what nobody has come to yet."""

    at: Moment
    timezone: Annotated[str, Meta(max_length=64)] | None = None


class PersonRequest(Request, frozen=True, kw_only=True):
    """One more person for a session that exists."""

    role: AddedRole
    name: Name
    phone: Annotated[str, Meta(max_length=40)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    language: Annotated[str, Meta(max_length=12)] = "en"
    via: Via = "auto"


class ResendRequest(Request, frozen=True, kw_only=True):
    via: Via = "auto"


class Attempt(Body, frozen=True, kw_only=True):
    """One try through one provider. `reply` are the provider's own words, `reference` its id for the text."""

    number: int
    channel: Channel
    provider: str
    began_at: datetime
    ended_at: datetime | None
    result: AttemptResult
    reason: DeliveryReason | None
    detail: str | None
    reply: str | None
    reference: str | None
    cost: Cost


class Way(Body, frozen=True, kw_only=True):
    """One way to somebody: a channel through a provider."""

    channel: Channel
    provider: str


class Delivery(Body, frozen=True, kw_only=True):
    """One text on its way to one person, tried along `ways`, the first first; `channel` and `provider` are the present.

    `kind` is what it says: an invitation for now, the time of a planned one, a reminder, another time, or that there is
    none any more.
    `reason` and `detail` say why it isn't there yet or has failed, `remedy` what to do about it; `next_at` is when
    something is done by itself; `maybe_twice` that a fault left open whether it went out once or twice.
    """

    delivery_id: str
    session_id: str
    invite_id: str
    kind: TextKind
    channel: Channel
    provider: str
    state: DeliveryState
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    next_at: datetime | None
    reason: DeliveryReason | None
    detail: str | None
    remedy: str | None
    maybe_twice: bool
    ways: list[Way]
    attempts: list[Attempt]


class Invite(Body, frozen=True, kw_only=True):
    """An invite as its owner sees it. `state` is its session's, or `cancelled` if this invite alone was taken back.

    `reviewed` is whether a native speaker has read what there is in their language. `planned_at` is when the
    conversation is to be, `timezone` the zone in which the person is told so; `coming` is what they have said of it,
    null while nothing.
    """

    invite_id: str
    session_id: str
    participant_id: str
    state: SessionState
    kind: InviteKind
    role: PersonRole
    name: str
    phone: str | None
    email: str | None
    language: str
    reviewed: bool
    via: Via
    note: str | None
    url: str
    created_at: datetime
    expires_at: datetime
    planned_at: datetime | None
    timezone: str | None
    coming: bool | None
    joined_at: datetime | None
    devices: int
    deliveries: list[Delivery]


class Invites(Body, frozen=True, kw_only=True):
    items: list[Invite]
    next: str | None


class Preview(Body, frozen=True, kw_only=True):
    """What would be sent on one channel: `segments` of an SMS (null elsewhere).

    `turn` is its place, from 1, among the ways that would be tried, by `provider`; null if it wouldn't be. `reason` and
    `detail` say why WhatsApp, where it leads to somebody, is no way. `reviewed` is whether a native speaker has read
    the texts of this language, `timezone` the zone (IANA) that a planned time is told in.
    """

    channel: Channel | Literal["link"]
    turn: int | None
    provider: str | None
    to: str | None
    subject: str | None
    text: str
    encoding: Literal["GSM-7", "UCS-2", "UTF-8"]
    segments: int | None
    cost: Cost
    reviewed: bool
    timezone: str | None
    reason: DeliveryReason | None = None
    detail: str | None = None


class Previews(Body, frozen=True, kw_only=True):
    items: list[Preview]
    next: str | None


# --- sessions ---------------------------------------------------------------------------------------------------


class Sender(Body, frozen=True, kw_only=True):
    """Who wrote or did something: `id` is a user's or a participant's."""

    id: str
    role: PersonRole | Literal["staff"]
    name: str


class File(Body, frozen=True, kw_only=True):
    """A file in chat. `seconds` is how long a voice note lasts, null for anything else."""

    file_id: str
    name: str
    type: str
    size: int
    seconds: float | None = None


class Message(Body, frozen=True, kw_only=True):
    """One entry of a session's log. Facts carry `data`, and null for `client_id`, `text` and `file`."""

    session_id: str
    seq: int
    client_id: str | None
    kind: MessageKind
    sender: Sender | None
    text: str | None
    file: File | None
    data: dict[str, Any] | None
    sent_at: datetime


class Messages(Body, frozen=True, kw_only=True):
    """Log entries in order of `seq`; `next` is the last `seq` as text if there is more, for `after`."""

    items: list[Message]
    next: str | None


class Person(Body, frozen=True, kw_only=True):
    """A participant as staff sees them: how to reach them, how many devices, how far they have read."""

    participant_id: str
    session_id: str
    invite_id: str
    role: PersonRole
    name: str
    phone: str | None
    email: str | None
    language: str
    online: bool
    devices: int
    joined_at: datetime | None
    removed_at: datetime | None
    read_seq: int


class Session(Body, frozen=True, kw_only=True):
    """A session as its owner sees it. `name`, `role` and `language` are of who has waited longest.

    `closes_at` is when it closes by itself if nobody does anything; `closes_soon` when its owner is to be told.
    `unread` counts what participants wrote and staff hasn't read.
    """

    session_id: str
    state: SessionState
    kind: InviteKind
    name: str
    role: PersonRole
    language: str
    online: bool
    waiting_since: datetime | None
    told_until: datetime | None
    created_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    expires_at: datetime
    closes_at: datetime | None
    closes_soon: bool
    erase_at: datetime | None
    last_activity_at: datetime
    last_seq: int
    staff_read_seq: int
    unread: int
    note: str | None
    people: list[Person]


class ErasedSession(Body, frozen=True, kw_only=True):
    """What is left of a session: counts, and a receipt that the server can verify."""

    session_id: str
    state: Literal["erased"]
    erased_at: datetime
    counts: dict[str, int]
    receipt: str


class Receipts(Body, frozen=True, kw_only=True):
    items: list[ErasedSession]
    next: str | None


class Sessions(Body, frozen=True, kw_only=True):
    items: list[Session]
    next: str | None


class ParticipantSession(Body, frozen=True, kw_only=True):
    """A session as a participant sees it: no contacts, notes or deliveries; `place` is theirs in line, from 1."""

    session_id: str
    state: SessionState
    me: Sender
    people: list[Sender]
    language: str
    place: int | None
    told_until: datetime | None
    first_seq: int
    last_seq: int
    staff_read_seq: int


class ParticipantSessions(Body, frozen=True, kw_only=True):
    items: list[ParticipantSession]
    next: str | None


class SendRequest(Request, frozen=True, kw_only=True):
    client_id: ClientId
    text: Text


class ReadRequest(Request, frozen=True, kw_only=True):
    seq: Annotated[int, Meta(ge=0, le=2**53)]


class TellRequest(Request, frozen=True, kw_only=True):
    minutes: Annotated[int, Meta(ge=1, le=600)]


class JoinRequest(Request, frozen=True, kw_only=True):
    """`language` is the one the page is shown in, if it isn't the invite's."""

    token: Secret
    accept_terms: bool
    language: Annotated[str, Meta(max_length=12)] | None = None


class ComingRequest(Request, frozen=True, kw_only=True):
    """Whether somebody comes to what is planned: only a press says so."""

    token: Secret
    coming: bool


class Coming(Body, frozen=True, kw_only=True):
    planned_at: datetime
    coming: bool


class Joined(Body, frozen=True, kw_only=True):
    participant_token: str
    participant_id: str
    session_id: str
    state: SessionState
    session: ParticipantSession


class LostRequest(Request, frozen=True, kw_only=True):
    """The contact of somebody who has lost their link, as they write it."""

    contact: str


class LostAnswer(Body, frozen=True, kw_only=True):
    """The same for every contact."""

    detail: str


# --- calls ------------------------------------------------------------------------------------------------------


class CallParty(Body, frozen=True, kw_only=True):
    """One person in a call: `id` is a user's or a participant's.

    `leg` counts the times that they came into it, on whatever device: 0 before the first, and the newest alone counts.
    `rings_until` is set while their phone rings.
    """

    id: str
    role: PersonRole | Literal["staff"]
    name: str
    state: PartyState
    leg: int
    rings_until: datetime | None


class Call(Body, frozen=True, kw_only=True):
    """A call of a session. `media` is video once somebody came with it; `ended_by` is null for what time ended."""

    session_id: str
    call_id: str
    media: CallMedium
    state: CallState
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: CallOutcome | None
    ended_by: Sender | None
    parties: list[CallParty]


class LiveCall(Body, frozen=True, kw_only=True):
    """The call that goes on in a session, null if there is none."""

    call: Call | None


class IceServer(Body, frozen=True, kw_only=True):
    """A STUN or TURN server, as `RTCPeerConnection` takes it; null where it needs no login."""

    urls: list[str]
    username: str | None
    credential: str | None


class Ice(Body, frozen=True, kw_only=True):
    """What connections are made with. The credentials are good until `expires_at`; null where there are none."""

    ice_servers: list[IceServer]
    policy: Literal["all", "relay"]
    expires_at: datetime | None


class CallRequest(Request, frozen=True, kw_only=True):
    """A call that staff begins."""

    media: CallMedium = "audio"


class CallMedia(Request, frozen=True, kw_only=True):
    """What somebody comes into a call with, or asks for."""

    media: CallMedium = "audio"


class CallOpened(Body, frozen=True, kw_only=True):
    """A call, and the way into it for staff's browser: `url` works once, until `expires_at`."""

    call: Call
    url: str
    expires_at: datetime


class CallEnterRequest(Request, frozen=True, kw_only=True):
    """The token from the fragment of a call's `url`."""

    token: Secret


class CallEntered(Body, frozen=True, kw_only=True):
    """Staff's browser is in: `call_token` is good for this call and nothing else."""

    call_token: str
    session_id: str
    call: Call
    me: Sender
    leg: int
    ice: Ice


class CallAccepted(Body, frozen=True, kw_only=True):
    """This device is in, as the leg `leg` of its party."""

    call: Call
    leg: int
    ice: Ice


# --- device tests -----------------------------------------------------------------------------------------------


class EchoOffer(Request, frozen=True, kw_only=True):
    """The offer of a device test, with all its candidates in it."""

    sdp: Annotated[str, Meta(min_length=1, max_length=40_000)]


class EchoAnswer(Body, frozen=True, kw_only=True):
    """The echo's answer, and what the device may connect with."""

    sdp: str
    ice: Ice


class DeviceTest(Request, frozen=True, kw_only=True):
    """What a device test has found, for staff to see: good for `video`, for `voice` only, or for `chat` only.

    `audio` and `video` tell whether microphone and camera work, `loss` is a share, `relay` how the relay was reached;
    null is what wasn't measured.
    """

    result: Literal["video", "voice", "chat"]
    audio: bool
    video: bool
    rtt_ms: Annotated[int, Meta(ge=0, le=60_000)] | None = None
    loss: Annotated[float, Meta(ge=0, le=1)] | None = None
    kbps: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    relay: Literal["udp", "tcp", "tls"] | None = None


# --- queue and counts -------------------------------------------------------------------------------------------


class QueueEntry(Body, frozen=True, kw_only=True):
    """One waiting session. `delivery` is the state of its latest delivery, null where none was needed."""

    session_id: str
    state: SessionState
    place: int
    name: str
    role: PersonRole
    language: str
    waiting_since: datetime
    told_until: datetime | None
    online: bool
    delivery: DeliveryState | None


class Queue(Body, frozen=True, kw_only=True):
    items: list[QueueEntry]
    next: str | None


class Stats(Body, frozen=True, kw_only=True):
    """Counts of the whole server, nothing personal. `erased` sums the receipts; `sessions` counts by state."""

    sessions: dict[str, int]
    messages: int
    files: int
    file_bytes: int
    erased: dict[str, int]
    users: int


class NotifyTargetRequest(Request, frozen=True, kw_only=True):
    """Where to be told that somebody waits: `email:…`, `sms:…`, or an address in Apprise's form."""

    address: Annotated[str, Meta(min_length=1, max_length=2000)]
    language: Annotated[str, Meta(max_length=12)] = "en"


class NotifyTarget(Body, frozen=True, kw_only=True):
    """Where an account is told that somebody waits. `address` shows as much as tells it from others, never all of it.

    `provider` is null where none leads there any more. `last_…` and `reason` tell how the last notice went, `next_at`
    when one is tried next.
    """

    target_id: str
    kind: NotifyKind
    address: str
    language: str
    provider: str | None
    created_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_result: NotifyResult | None
    reason: DeliveryReason | None
    detail: str | None
    remedy: str | None


class NotifyTargets(Body, frozen=True, kw_only=True):
    items: list[NotifyTarget]
    next: str | None


class NotifyTrial(Body, frozen=True, kw_only=True):
    """What came of a trial: why it failed, what to do about it, and the provider's own words."""

    target_id: str
    address: str
    provider: str | None
    result: NotifyResult
    reason: DeliveryReason | None
    detail: str | None
    remedy: str | None
    reply: str | None


class Users(Body, frozen=True, kw_only=True):
    items: list[User]
    next: str | None


class Language(Body, frozen=True, kw_only=True):
    """A language of the page; `reviewed` once a native speaker has read its texts."""

    code: str
    name: str
    dir: Literal["ltr", "rtl"]
    reviewed: bool


class Languages(Body, frozen=True, kw_only=True):
    items: list[Language]
    next: str | None


class Phrase(Body, frozen=True, kw_only=True):
    """Something that staff may say with one key; `phrase_id` is the same in every language."""

    phrase_id: str
    text: str


class Phrases(Body, frozen=True, kw_only=True):
    items: list[Phrase]
    next: str | None


class Provider(Body, frozen=True, kw_only=True):
    """What carries messages, and whether it could send just now; `remedy` says what to do if it isn't well."""

    provider: str
    channels: list[Channel]
    state: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str | None


class Providers(Body, frozen=True, kw_only=True):
    items: list[Provider]
    next: str | None


class Health(Body, frozen=True, kw_only=True):
    """`status` is `ok` or `failed`; `checks` names each part."""

    status: Literal["ok", "failed"]
    version: str
    server_time: datetime
    checks: dict[str, str] | UnsetType = UNSET

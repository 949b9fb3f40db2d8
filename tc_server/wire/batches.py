"""The bodies of inviting many at once. What stands in a row is judged row by row, so its fields take any text."""

from typing import Annotated, Literal

from msgspec import Meta

from tc_server.wire.bodies import Body, Channel, DeliveryReason, Request

BatchResult = Literal["invited", "repeated", "refused", "ok"]

LARGEST = 500
"""Rows that a request can have."""

Key = Annotated[str, Meta(min_length=8, max_length=200)]


class BatchRow(Request, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody to invite; `key` is what the row is known by when it comes again, and has nothing personal in it."""

    key: Key
    name: str
    kind: str = "remote"
    phone: str | None = None
    email: str | None = None
    language: str = "en"
    via: str = "auto"
    note: str | None = None
    at: str | None = None
    timezone: str | None = None


class BatchRequest(Request, frozen=True, kw_only=True):
    """People to invite; with `check` nothing is written."""

    check: bool = False
    rows: Annotated[list[BatchRow], Meta(max_length=LARGEST)]


class BatchFault(Body, frozen=True, kw_only=True):
    """What is wrong with a field of a row; `value` is what stood there."""

    code: str
    field: str
    value: str | None
    detail: str


class BatchOutcome(Body, frozen=True, kw_only=True):
    """What came of a row. `channel` is null for the link alone, and for what isn't invited now.

    `error` says why it is `refused`, `more` what else is wrong with it; `lacking` what keeps WhatsApp from being a way.
    """

    key: str
    result: BatchResult
    invite_id: str | None
    session_id: str | None
    url: str | None
    channel: Channel | None
    error: BatchFault | None
    more: list[BatchFault]
    lacking: DeliveryReason | None = None


class BatchAnswer(Body, frozen=True, kw_only=True):
    """The outcome of each row, in the order of the rows."""

    rows: list[BatchOutcome]

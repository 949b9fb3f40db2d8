"""The tables. What is personal stands only in `sealed` columns; wrapped keys stand in the schema `vault`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 UTC: the same on every database, and it sorts."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as whole microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = sa.String(36)


def _session_id(**more: Any) -> sa.Column[str]:
    return sa.Column(
        "session_id", _ID, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=False, **more
    )


accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", _ID, primary_key=True),
    sa.Column("name", sa.String(120), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("disabled_at", Instant),
    sa.Column("seen_at", Instant),
)

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("login_id", _ID, primary_key=True),
    sa.Column("account_id", _ID, sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

notify_targets = sa.Table(
    "notify_targets",
    metadata,
    sa.Column("target_id", _ID, primary_key=True),
    sa.Column("account_id", _ID, sa.ForeignKey("accounts.account_id", ondelete="CASCADE")),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("shown", sa.String(300), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("address_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("asked_at", Instant),
    sa.Column("due_at", Instant, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", Instant),
    sa.Column("last_result", sa.String(16)),
    sa.Column("last_reason", sa.String(32)),
    sa.Index("ix_notify_targets_account_id", "account_id", "target_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_id", _ID, primary_key=True),
    sa.Column("owner_id", _ID, sa.ForeignKey("accounts.account_id"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("last_activity_at", Instant, nullable=False),
    sa.Column("waiting_since", Instant),
    sa.Column("told_until", Instant),
    sa.Column("started_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("warned_at", Instant),
    sa.Column("notified_at", Instant),
    sa.Column("due_at", Instant, nullable=False, index=True),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("staff_read_seq", sa.BigInteger, nullable=False),
    sa.Column("planned_at", Instant),
    sa.Index("ix_sessions_owner_id", "owner_id", "session_id"),
    sa.Index("ix_sessions_queue", "owner_id", "waiting_since"),
)

participants = sa.Table(
    "participants",
    metadata,
    sa.Column("participant_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("phone_hash", sa.LargeBinary(32), index=True),
    sa.Column("email_hash", sa.LargeBinary(32), index=True),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("coming", sa.Boolean),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("joined_at", Instant),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("place_since", Instant),
    sa.Column("away_since", Instant),
    sa.Column("wrote", sa.Boolean, nullable=False),
    sa.Column("removed_at", Instant),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("read_seq", sa.BigInteger, nullable=False),
)

devices = sa.Table(
    "devices",
    metadata,
    sa.Column("device_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column(
        "participant_id",
        _ID,
        sa.ForeignKey("participants.participant_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
)

invites = sa.Table(
    "invites",
    metadata,
    sa.Column("invite_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column("participant_id", _ID, sa.ForeignKey("participants.participant_id", ondelete="CASCADE"), nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column("invite_id", _ID, sa.ForeignKey("invites.invite_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("chain", sa.JSON, nullable=False),
    sa.Column("ways", sa.Integer, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("provider", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("bulk", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("step_since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("reason", sa.String(32)),
    sa.Column("maybe_twice", sa.Boolean, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Index("ix_deliveries_due", "state", "provider", "bulk", "due_at"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("attempt_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column(
        "delivery_id", _ID, sa.ForeignKey("deliveries.delivery_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("provider", sa.String(32), nullable=False),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("reason", sa.String(32)),
    sa.Column("reference", sa.String(255), index=True),
    sa.Column("again_at", Instant),
    sa.Column("sealed", sa.LargeBinary),
)

messages = sa.Table(
    "messages",
    metadata,
    _session_id(primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("sender_id", _ID),
    sa.Column("sender_role", sa.String(16)),
    sa.Column("client_id", sa.String(64)),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Index("uq_messages_client_id", "session_id", "client_id", "sender_id", unique=True),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("file_id", _ID, primary_key=True),
    _session_id(),
    sa.Column("sender_id", _ID, nullable=False),
    sa.Column("client_id", sa.String(64), nullable=False),
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("seq", sa.BigInteger),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_files_client_id", "session_id", "client_id", "sender_id"),
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("call_id", _ID, primary_key=True),
    _session_id(index=True),
    sa.Column("staff_id", _ID, nullable=False),
    sa.Column("media", sa.String(8), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("opens_until", Instant),
    sa.Column("answered_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", sa.String(16)),
    sa.Column("ended_by", _ID),
    sa.Column("talking_since", Instant),
    sa.Column("talked", Span, nullable=False),
)
sa.Index(
    "uq_calls_live",
    calls.c.session_id,
    unique=True,
    sqlite_where=calls.c.ended_at.is_(None),
    postgresql_where=calls.c.ended_at.is_(None),
)

call_parties = sa.Table(
    "call_parties",
    metadata,
    sa.Column("call_id", _ID, sa.ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("party_id", _ID, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("leg", sa.Integer, nullable=False),
    sa.Column("rings_until", Instant),
    sa.Column("away_since", Instant),
)

call_passes = sa.Table(
    "call_passes",
    metadata,
    sa.Column("pass_id", _ID, primary_key=True),
    sa.Column("call_id", _ID, sa.ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", sa.LargeBinary(32), unique=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("credential_hash", sa.LargeBinary(32), unique=True),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("session_id", _ID, primary_key=True),
    sa.Column("owner_id", _ID, nullable=False, index=True),
    sa.Column("erased_at", Instant, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("receipt", sa.Text, nullable=False),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("account_id", _ID, primary_key=True),
    sa.Column("key_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("invite_id", _ID, nullable=False),
    _session_id(index=True),
)

heartbeat = sa.Table(
    "heartbeat",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("alive_at", Instant, nullable=False),
)

session_keys = sa.Table(
    "session_keys",
    metadata,
    sa.Column("session_id", _ID, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    schema="vault",
)

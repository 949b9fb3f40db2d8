"""What browsers are given to connect with: credentials that coturn takes, that end, and that name nobody."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tc_server.domain.ice import IceServer, Relays, hand_out, sign
from tests.domain.made import NOON

RELAYS = Relays(
    urls=("turn:talk.example.org:3478", "stun:talk.example.org", "turns:talk.example.org:443?transport=tcp"),
    secret="north",
    lifetime=timedelta(hours=1),
    policy="relay",
)


def test_a_password_is_the_one_that_the_draft_asks_for() -> None:
    """Worked out with `openssl dgst -sha1 -hmac north -binary | base64`."""
    assert sign("north", "1433895918:mbzrxpgjys") == "d2Q1V6JRLjCTMOhoc8cTgEoi7u0="


def test_relays_come_with_a_credential_that_ends_and_other_servers_without() -> None:
    ice = hand_out(RELAYS, "a1b2", NOON)
    expires_at = NOON + timedelta(hours=1)
    username = f"{int(expires_at.timestamp())}:a1b2"
    assert ice.servers == (
        IceServer((RELAYS.urls[0], RELAYS.urls[2]), username, sign("north", username)),
        IceServer(("stun:talk.example.org",)),
    )
    assert (ice.policy, ice.expires_at) == ("relay", expires_at)


def test_without_a_relay_there_is_nothing_that_could_end() -> None:
    ice = hand_out(replace(RELAYS, urls=("stun:talk.example.org",), policy="all"), "a1b2", NOON)
    assert (ice.servers, ice.expires_at) == ((IceServer(("stun:talk.example.org",)),), None)
    assert hand_out(replace(RELAYS, urls=(), policy="all"), "a1b2", NOON).servers == ()


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 10**6))
def test_no_two_hand_outs_are_alike_unless_name_and_moment_are(one: str, other: str, seconds: int) -> None:
    first, second = hand_out(RELAYS, one, NOON), hand_out(RELAYS, other, NOON + timedelta(seconds=seconds))
    assert (first == second) == (one == other and seconds == 0)

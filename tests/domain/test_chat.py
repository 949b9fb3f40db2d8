"""What may be said, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_server.domain.chat import TEXT_MAX, clean_text, require_writable
from tc_server.domain.errors import IllegalMove, SessionEnded, TextEmpty, TextTooLong
from tc_server.domain.session import State
from tests.domain.made import session


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("  hello\r\nthere\r", "hello\nthere"),
        ("a\tb", "a\tb"),
        ("nul\x00 bell\x07 escape\x1b[2J", "nul bell escape[2J"),
        ("\ufffe\uffffx", "x"),
        ("half a pair \ud83d", "half a pair"),
        ("👩🏽‍⚕️ ሰላም مرحبا", "👩🏽‍⚕️ ሰላም مرحبا"),
    ],
)
def test_a_text_keeps_what_can_be_shown(written: str, clean: str) -> None:
    assert clean_text(written) == clean


@pytest.mark.parametrize("written", ["", " \n\t ", "\x00\x07", "\ud83d"])
def test_a_text_without_anything_to_show_is_refused(written: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(written)


def test_a_text_has_a_longest_length() -> None:
    assert clean_text("é" * TEXT_MAX)
    with pytest.raises(TextTooLong, match="4001 characters"):
        clean_text("é" * (TEXT_MAX + 1))


@given(st.text(st.characters(), max_size=50))
def test_a_clean_text_is_clean_already_and_can_be_stored(written: str) -> None:
    try:
        clean = clean_text(written)
    except TextEmpty:
        return
    assert clean_text(clean) == clean
    assert clean.encode()


@pytest.mark.parametrize("state", [State.WAITING, State.ACTIVE, State.OPEN])
def test_people_write_while_somebody_is_there(state: State) -> None:
    require_writable(session(state))


def test_nobody_writes_before_anybody_came() -> None:
    with pytest.raises(IllegalMove):
        require_writable(session(State.INVITED))


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED, State.ERASED])
def test_nobody_writes_after_the_end(state: State) -> None:
    with pytest.raises(SessionEnded):
        require_writable(session(state))

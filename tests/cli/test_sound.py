"""The ring sounds once at a time, where it can, and never gets in the way where it can't."""

import array
import importlib
import io
import sys
import wave
from pathlib import Path
from typing import Any

import pytest

from tc_cli.output import sound
from tc_cli.output.sound import Player

NO_ENVIRONMENT: dict[str, str] = {}


def child(script: str) -> list[str]:
    return [sys.executable, "-c", script]


@pytest.fixture
def miniaudio() -> Any:
    pytest.importorskip("miniaudio")
    return importlib.import_module("miniaudio")


def test_the_ring_is_two_seconds_of_sound_that_never_clips() -> None:
    with wave.open(io.BytesIO(sound.chime())) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        assert 1 < file.getnframes() / file.getframerate() < 2
    assert 5_000 < max(samples) < 32_000
    assert samples[0] == 0
    assert not any(samples[-1000:])


def test_it_is_played_to_its_end(miniaudio: Any) -> None:
    assert sound.play(miniaudio, [miniaudio.Backend.NULL]) == "Null"


@pytest.mark.parametrize("said", ["off", "OFF", "no", "0"])
def test_it_can_be_switched_off(said: str) -> None:
    assert "TC_SOUND" in sound.obstacle({"TC_SOUND": said})
    assert not Player({"TC_SOUND": said}).ring()


def test_over_ssh_it_stays_silent() -> None:
    assert "ssh" in sound.obstacle({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"})


def test_without_the_extra_it_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "teleconnect[sound]" in sound.obstacle(NO_ENVIRONMENT)
    assert not Player(NO_ENVIRONMENT).ring()


def test_two_rings_are_never_heard_at_once(miniaudio: Any, tmp_path: Path) -> None:
    waits = child(f"import os; os.mkfifo('{tmp_path}/gate'); open('{tmp_path}/gate').read()")
    with Player(NO_ENVIRONMENT, waits) as player:
        assert player.ring()
        assert not player.ring()


def test_after_one_has_ended_the_next_begins(miniaudio: Any) -> None:
    with Player(NO_ENVIRONMENT, child("")) as player:
        for _ in range(3):
            assert player.ring()
            wait_for(player)


def test_where_nothing_can_sound_it_is_not_tried_again(miniaudio: Any) -> None:
    with Player(NO_ENVIRONMENT, child("raise SystemExit(3)")) as player:
        assert player.ring()
        wait_for(player)
        assert not player.ring()
        assert not player.ring()


def test_a_program_that_is_gone_is_no_fault(miniaudio: Any) -> None:
    with Player(NO_ENVIRONMENT, ["/nowhere/python"]) as player:
        assert not player.ring()


@pytest.mark.parametrize(("code", "said"), [(0, ""), (3, "no device to play on"), (1, "the sound couldn't be played")])
def test_a_trial_tells_how_it_went(miniaudio: Any, code: int, said: str) -> None:
    assert sound.trial(NO_ENVIRONMENT, child(f"raise SystemExit({code})")) == said


def wait_for(player: Player) -> None:
    assert player._playing is not None
    player._playing.wait()

"""People: who may do what, sound names and passwords."""

import pytest

from tc_server.domain.errors import NotAllowed, NotFound, WeakPassword
from tc_server.domain.people import (
    Guest,
    Staff,
    Viewer,
    check_password,
    clean_name,
    require_admin,
    require_guest,
    require_sight,
    require_staff,
)

STAFF = Staff("owner", "Lena", "staff", "l1")
ADMIN = Staff("boss", "Omar", "admin", "l2")
GUEST = Guest("p1", "s1", "d1")


@pytest.mark.parametrize("viewer", [STAFF, GUEST])
def test_the_owner_and_the_participant_see_a_session(viewer: Viewer) -> None:
    require_sight(viewer, "s1", "owner")


@pytest.mark.parametrize(
    "viewer",
    [Staff("other", "Ida", "staff", "l3"), ADMIN, Guest("p2", "s2", "d2")],
    ids=["another account", "an admin", "a participant of another session"],
)
def test_to_others_a_session_does_not_exist(viewer: Viewer) -> None:
    with pytest.raises(NotFound):
        require_sight(viewer, "s1", "owner")


def test_admins_are_staff_and_staff_are_not_admins() -> None:
    assert require_staff(STAFF) == STAFF
    assert require_staff(ADMIN) == require_admin(ADMIN) == ADMIN
    with pytest.raises(NotAllowed):
        require_admin(STAFF)


def test_participants_are_neither_staff_nor_admins() -> None:
    assert require_guest(GUEST) == GUEST
    for require in (require_staff, require_admin):
        with pytest.raises(NotAllowed):
            require(GUEST)
    with pytest.raises(NotAllowed):
        require_guest(ADMIN)


def test_a_password_needs_ten_characters_of_any_kind() -> None:
    assert check_password("በጣም ረጅም ቃል") == "በጣም ረጅም ቃል"
    with pytest.raises(WeakPassword):
        check_password("Sh0rt!Pw9")


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("  Amina \t Yusuf\r\n", "Amina Yusuf"),
        ("gpj\u202e.exe", "gpj .exe"),
        ("\u2066x\u2069", "x"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("أمينة", "أمينة"),
        ("\u2028\u2029", ""),
    ],
)
def test_a_name_is_one_line_that_cannot_disguise_itself(written: str, clean: str) -> None:
    assert clean_name(written) == clean

"""Inviting: links, texts, and what is wrong with a number."""

from collections.abc import Callable

import httpx
import pytest

from tc_cli.client import calls
from tc_cli.client.api import Api
from tc_cli.client.calls import Call
from tc_cli.client.profile import Access
from tests.cli.conftest import Tc, invite, join

pytestmark = pytest.mark.usefixtures("staff")


def test_a_remote_invite_has_what_scripts_need(tc: Tc) -> None:
    made = tc("invite", "remote", "--name", "Amal", "--link-only", "--language", "ar", "-o", "json").json
    assert made.keys() >= {"invite_id", "session_id", "state", "url", "deliveries"}
    assert (made["state"], made["kind"], made["deliveries"]) == ("invited", "remote", [])
    assert "/j/ar#" in str(made["url"])


def test_an_in_person_invite_goes_to_the_colleague(tc: Tc) -> None:
    made = tc("invite", "in-person", "--colleague", "Dr Okoye", "--link-only", "-o", "json").json
    assert (made["kind"], made["role"], made["name"]) == ("in-person", "colleague", "Dr Okoye")


def test_a_phone_gets_a_delivery(tc: Tc) -> None:
    made = tc("invite", "remote", "--name", "Amal", "--phone", "+96171123456", "-o", "json").json
    assert [delivery["channel"] for delivery in made["deliveries"]] == ["sms"]  # type: ignore[attr-defined]


def test_the_table_shows_the_link_plainly_when_piped(tc: Tc) -> None:
    shown = tc("invite", "remote", "--name", "Amal", "--link-only").out
    assert "link      http://" in shown
    assert "\x1b" not in shown
    assert "█" not in shown


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--name", "Amal"], 2, "--link-only"),
        (["--phone", "+96171123456"], 2, "--name"),
        (["--name", "Amal", "--phone", "12"], 6, "phone number"),
        (["--name", "Amal", "--email", "nowhere"], 6, "email address"),
        (["--name", "Amal", "--link-only", "--language", "tlh"], 6, "language"),
        (["--name", "Amal", "--phone", "+96171123456", "--via", "email"], 6, "--email"),
        (["--name", "Amal", "--link-only", "--via", "sms"], 2, "--via sms"),
        (["--name", "Amal", "--link-only", "--via", "pigeon"], 2, "pigeon"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tc: Tc, words: list[str], code: int, said: str) -> None:
    refused = tc("invite", "remote", *words)
    assert refused.code == code
    assert refused.out == ""
    assert refused.err.startswith("error: ")
    assert said in refused.err
    assert refused.err.count("\n") == 1


def test_a_preview_sends_nothing(tc: Tc, fresh: Access) -> None:
    shown = tc("invite", "preview", "--name", "Amal", "--phone", "+96171123456", "-o", "json").list
    assert {"channel", "text", "encoding", "segments", "cost", "turn", "provider"} <= shown[0].keys()
    assert [one["channel"] for one in shown if one["turn"] == 1] == ["sms"]
    assert tc("invite", "list", "-o", "json").list == []


def test_a_preview_prints_the_text_as_it_is(tc: Tc) -> None:
    shown = tc("invite", "preview", "--name", "Amal", "--email", "a@example.org", "--language", "fr").out
    assert "email (this way)" in shown
    assert "encoding  UTF-8" in shown


def test_a_list_is_an_array_and_shows_short_ids(tc: Tc, fresh: Access) -> None:
    made = invite(fresh)
    assert [one["invite_id"] for one in tc("invite", "list", "-o", "json").list] == [made.invite_id]
    table = tc("invite", "list").out
    assert made.invite_id[-8:] in table
    assert made.invite_id not in table


def test_an_empty_list_is_an_empty_array(tc: Tc, fresh: Access) -> None:
    assert tc("invite", "list", "-o", "json").list == []
    assert tc("invite", "list", "-o", "jsonl").out == ""
    assert tc("invite", "list", "-o", "csv").out.startswith("invite_id,session_id,")


def test_a_short_id_shows_the_invite(tc: Tc, staff: Access) -> None:
    made = invite(staff)
    assert tc("invite", "show", made.invite_id[-8:], "-o", "json").json["url"] == made.url


def test_an_unknown_id_is_not_found(tc: Tc) -> None:
    assert tc("invite", "show", "ffff").code == 4
    assert tc("invite", "show", "01a20538-bf57-755c-a134-273e4bdd5640").code == 4
    assert tc("invite", "show", "../../users").code == 4


def test_an_invite_is_sent_again(tc: Tc) -> None:
    made = tc("invite", "remote", "--name", "Amal", "--phone", "+96171123456", "-o", "json").json
    again = tc("invite", "resend", str(made["invite_id"]), "-o", "json").json
    assert len(again["deliveries"]) == 2  # type: ignore[arg-type]


def test_a_revoked_link_leads_nowhere(tc: Tc, staff: Access) -> None:
    made = invite(staff)
    assert tc("invite", "revoke", made.invite_id, "-o", "json").json["state"] == "cancelled"
    again = tc("invite", "revoke", made.invite_id)
    assert again.code in {0, 5}


def test_a_rotated_link_is_another(tc: Tc, staff: Access) -> None:
    made = invite(staff)
    join(made, staff.server)
    fresh = tc("invite", "rotate", made.invite_id, "-o", "json").json
    assert fresh["url"] != made.url
    assert fresh["devices"] == 0


def test_ids_come_from_stdin(tc: Tc, staff: Access) -> None:
    made = [invite(staff, name) for name in ("Amal", "Yusuf")]
    revoked = tc("invite", "revoke", "-", "-o", "json", stdin="".join(f"{one.invite_id}\n" for one in made)).list
    assert [one["state"] for one in revoked] == ["cancelled", "cancelled"]


def test_short_ids_on_stdin_are_looked_up_in_one_listing(
    tc: Tc, fresh: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [invite(fresh, f"Person {n}") for n in range(12)]
    asked: list[str] = []
    once = Api._once

    def count(api: Api, call: Call[object], sent: Callable[[int], None] | None) -> httpx.Response:
        asked.append(f"{call.method} {call.path}")
        return once(api, call, sent)

    monkeypatch.setattr(Api, "_once", count)
    lines = "".join(f"{one.invite_id[-10:]}\n" for one in made) + "ffff-none\n"
    run = tc("invite", "revoke", "-", "-o", "json", stdin=lines)
    assert run.code == 8
    assert [one["state"] for one in run.list] == ["cancelled"] * 12
    assert "error: ffff-none: No invite has an id" in run.err
    assert asked.count("GET /api/v1/invites") == 1
    assert len(asked) == 13


def test_what_is_left_when_the_login_ends_is_not_tried(tc: Tc, fresh: Access) -> None:
    made = [invite(fresh, f"Person {n}").invite_id for n in range(4)]
    with Api(fresh) as api:
        api.do(calls.logout())
    run = tc("invite", "revoke", "-", stdin="\n".join(made))
    assert run.code == 3
    assert run.err.count("error: ") == 1
    assert "3 more weren't tried." in run.err


def test_no_ids_on_stdin_is_a_misuse(tc: Tc) -> None:
    assert tc("invite", "revoke", "-").code == 2

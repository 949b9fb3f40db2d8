"""What goes over a live link: hello, sync, doubles, read marks, typing, presence, and what isn't a frame."""

import asyncio
import json

import pytest

from tests.server.conftest import NewServer
from tests.server.world import World, done, new_client_id


async def test_hello_shows_staff_their_own_living_sessions_and_queue(world: World) -> None:
    staff, other = await world.staff(), await world.staff()
    layla = await world.guest(staff)
    await staff.invite("Not here yet")
    await world.guest(other, "Somebody else's")
    hello = (await staff.stream()).frames[0]
    assert hello["viewer"] == {"id": staff.user_id, "role": "staff", "name": staff.name, "session_id": None}
    assert [s["session_id"] for s in hello["sessions"]] == [layla.session_id]
    assert [e["session_id"] for e in hello["queue"]] == [layla.session_id]
    assert hello["sessions"][0] == await staff.session(layla.session_id)


async def test_hello_shows_a_participant_their_one_session(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    hello = (await layla.stream()).frames[0]
    assert hello["viewer"] == {
        "id": layla.participant_id,
        "role": "service-user",
        "name": "Layla",
        "session_id": layla.session_id,
    }
    assert hello["queue"] == []
    assert hello["sessions"] == [done(await layla.get(f"/sessions/{layla.session_id}"), 200)]


async def test_sync_replays_a_log_of_thousands_in_order_and_without_a_gap(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    session_id = layla.session_id
    phone, desk = await layla.stream(), await staff.stream()
    texts = [f"number {n} " + "x" * 200 for n in range(3000)]
    for n, text in enumerate(texts):
        await (phone if n % 3 else desk).say(session_id, text)
    await desk.until(lambda: len(desk.of("message", kind="text")) == len(texts), "all that was said")

    late = await layla.stream()
    await late.send("sync", sessions={session_id: 0})
    synced = await late.frame("synced", session_id=session_id)
    assert synced["seq"] == synced["last_seq"]
    seqs = [f["seq"] for f in late.of("message")]
    assert seqs == list(range(1, synced["seq"] + 1))
    assert late.of("message")[1:] == desk.of("message")
    assert sorted(f["text"] for f in late.of("message", kind="text")) == sorted(texts)

    await late.send("sync", sessions={session_id: synced["seq"] - 2})
    await late.until(lambda: len(late.of("synced")) == 2)
    assert [f["seq"] for f in late.of("message")][len(seqs) :] == seqs[-2:]

    after, paged = 0, []
    while True:
        page = done(await layla.get(f"/sessions/{session_id}/messages?after={after}&limit=500"), 200)
        paged += [item["seq"] for item in page["items"]]
        if page["next"] is None:
            break
        after = int(page["next"])
    assert paged == seqs


async def test_what_was_sent_twice_is_there_once_and_acknowledged_both_times(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    session_id = layla.session_id
    phone, desk = await layla.stream(), await staff.stream()
    client_id = await phone.say(session_id, "once")
    first = await phone.frame("message", client_id=client_id)
    await phone.say(session_id, "once", client_id)
    await phone.until(lambda: len(phone.of("message", client_id=client_id)) == 2)
    assert phone.of("message", client_id=client_id) == [first, first]
    by_http = await layla.post(f"/sessions/{session_id}/messages", json={"client_id": client_id, "text": "once"})
    assert {"type": "message", **done(by_http, 200)} == first
    # Client ids are each sender's own.
    await desk.say(session_id, "me too", client_id)
    await desk.frame("message", text="me too")
    assert len(desk.of("message", client_id=client_id)) == 2


async def test_a_burst_of_doubles_among_new_ones_keeps_each_once(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    phone = await layla.stream()
    ids = [new_client_id() for _ in range(100)]
    for client_id in [*ids, *ids, *ids[::-1]]:
        await phone.say(layla.session_id, client_id, client_id)
    await phone.until(lambda: len(phone.of("message", kind="text")) == 300, "every acknowledgement")
    log = done(await staff.get(f"/sessions/{layla.session_id}/messages?limit=500"), 200)["items"]
    assert [e["text"] for e in log if e["kind"] == "text"] == ids
    assert [e["seq"] for e in log] == list(range(1, len(log) + 1))


async def test_a_client_id_that_named_a_text_can_not_name_a_file(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    phone = await layla.stream()
    client_id = await phone.say(layla.session_id, "words")
    await phone.frame("message", client_id=client_id)
    pdf = b"%PDF-1.4\nstartxref\n0\n%%EOF"
    answer = await layla.put_file(layla.session_id, pdf, client_id=client_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "client_id_taken")
    sent = done(await layla.put_file(layla.session_id, pdf, client_id="a-file-id"), 201)
    assert done(await layla.put_file(layla.session_id, pdf, client_id="a-file-id"), 200) == sent
    await phone.say(layla.session_id, "words", "a-file-id")
    assert (await phone.frame("error", client_id="a-file-id"))["code"] == "client_id_taken"


async def test_read_marks_go_forward_and_are_told_to_everyone(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    session_id = layla.session_id
    phone, desk = await layla.stream(), await staff.stream()
    for _ in range(3):
        await phone.say(session_id, "hello")
    await desk.until(lambda: len(desk.of("message", kind="text")) == 3)
    await desk.send("read", session_id=session_id, seq=3)
    mark = await phone.frame("read", session_id=session_id, seq=3)
    assert mark["reader"] == {"id": staff.user_id, "role": "staff", "name": staff.name}
    await desk.send("read", session_id=session_id, seq=2)
    await desk.send("read", session_id=session_id, seq=999_999)
    await phone.frame("read", seq=4)
    assert [f["seq"] for f in phone.of("read")] == [3, 4]
    assert done(await layla.get(f"/sessions/{session_id}"), 200)["staff_read_seq"] == 4
    assert (await layla.post(f"/sessions/{session_id}/read", json={"seq": 2})).status_code == 204
    await desk.frame("read", lambda f: f["reader"]["id"] == layla.participant_id, seq=2)
    assert [p["read_seq"] for p in (await staff.session(session_id))["people"]] == [2]


async def test_typing_is_shown_to_the_others_alone(world: World) -> None:
    staff, stranger = await world.staff(), await world.staff()
    layla = await world.guest(staff)
    elsewhere = await world.guest(staff, "Elsewhere")
    phone, second, desk, other, apart = [await who.stream() for who in (layla, layla, staff, stranger, elsewhere)]
    await phone.send("typing", session_id=layla.session_id)
    await desk.frame("typing", session_id=layla.session_id)
    await desk.send("typing", session_id=layla.session_id)
    seen = await phone.frame("typing")
    assert seen["sender"] == {"id": staff.user_id, "role": "staff", "name": staff.name}
    await second.frame("typing")
    for link, count in ((phone, 1), (second, 1), (desk, 1), (other, 0), (apart, 0)):
        await link.settled()
        assert len(link.of("typing")) == count


async def test_presence_is_told_to_the_owner_alone(world: World) -> None:
    staff, stranger = await world.staff(), await world.staff()
    layla = await world.guest(staff)
    desk, other = await staff.stream(), await stranger.stream()
    first = await layla.stream()
    await desk.frame("presence", participant_id=layla.participant_id, online=True)
    second = await layla.stream()
    await first.close()
    await second.settled()
    assert (await staff.session(layla.session_id))["online"] is True
    await second.close()
    await desk.frame("presence", participant_id=layla.participant_id, online=False)
    assert (await staff.session(layla.session_id))["online"] is False
    assert (await staff.session(layla.session_id))["waiting_since"] is not None
    await other.settled()
    assert not other.of("presence")
    for link in (first, second):
        assert not link.of("presence")


async def test_a_second_browser_on_the_same_link_is_the_same_person(world: World) -> None:
    staff = await world.staff()
    invite = await staff.invite()
    first, second = await world.join(invite), await world.join(invite)
    assert first.participant_id == second.participant_id
    assert first.token != second.token
    one, two = await first.stream(), await second.stream()
    await one.say(invite["session_id"], "from the first browser")
    await two.frame("message", text="from the first browser")
    assert (await staff.session(invite["session_id"]))["people"][0]["devices"] == 2
    log = done(await staff.get(f"/sessions/{invite['session_id']}/messages"), 200)["items"]
    assert [entry["kind"] for entry in log] == ["joined", "text"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        '"send"',
        "{}",
        '{"type": "call"}',
        '{"type": ["ping"]}',
        '{"type": "send"}',
        '{"type": "ping", "extra": 1}',
        '{"type": "read", "session_id": "x", "seq": "1"}',
        '{"type": "read", "session_id": "x", "seq": 1e400}',
        '{"type": "sync", "sessions": [1]}',
        '{"type": "send", "client_id": "short", "session_id": "x", "text": "x"}',
        '{"type": "send", "client_id": "no spaces!", "session_id": "x", "text": "x"}',
        '{"type": "send", "client_id": "aaaaaaaa", "session_id": "x", "text": "\\ud800"}',
        '{"type": "send", "client_id": "aaaaaaaa", "session_id": "x", "text": ' + json.dumps("x" * 20_001) + "}",
        '{"type": "signal", "session_id": "x", "to": "x", "data": []}',
        '{"type": "signal", "session_id": "x", "to": "x", "data": {"n": 1e999}}',
        '{"type": "signal", "session_id": "x", "to": "x", "data": {"a": ' + '{"a": ' * 10_000 + "1" + "}" * 10_002,
        '{"type": "quality", "session_id": "x", "level": "splendid", "audio_only": false}',
        '{"type": "ping"' + " " * 200_000 + "}",
        "[" * 50_000,
        b"\xff\xfe\x00",
        b"",
    ],
    ids=lambda data: repr(data[:60]),
)
async def test_what_is_not_a_frame_is_answered_and_the_link_lives_on(world: World, data: str | bytes) -> None:
    staff = await world.staff()
    link = await staff.stream()
    await link.send_raw(data)
    await link.settled()
    assert [f["code"] for f in link.of("error")] == ["unknown_frame"]


async def test_a_frame_beyond_measure_ends_its_own_link_alone(world: World) -> None:
    staff = await world.staff()
    link, other = await staff.stream(), await staff.stream()
    await link.send_raw('{"type": "ping"' + " " * 2_000_000 + "}")
    assert await link.ended() == 1009
    await other.settled()


async def test_a_link_that_vanishes_amid_frames_leaves_the_server_and_its_log_calm(new_server: NewServer) -> None:
    server = new_server()
    async with World(server) as world:
        staff = await world.staff()
        layla = await world.guest(staff)
        phone = await layla.stream()
        for _ in range(10):
            desk = await staff.stream()
            for n in range(50):
                await phone.say(layla.session_id, f"word {n} " + "x" * 3000)
            desk.vanish()
            await desk.ended()
        await phone.settled()
        await phone.until(lambda: len(phone.of("message", kind="text")) == 500)
        assert (await staff.session(layla.session_id))["online"] is True
    server.stop()
    assert "Traceback" not in server.log.read_text()


async def test_a_link_that_does_not_read_is_ended_alone_and_catches_up_afterwards(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    deaf, desk, phone = await layla.stream(), await staff.stream(), await layla.stream()
    deaf.pause()
    text = "x" * 4000
    for _ in range(20):
        ids = [await desk.say(layla.session_id, text) for _ in range(200)]
        await desk.frame("message", client_id=ids[-1])
        await phone.frame("message", client_id=ids[-1])
    deaf.resume()
    assert await deaf.ended() == 4408
    seen = max(f["seq"] for f in deaf.of("message"))
    again = await layla.stream()
    await again.send("sync", sessions={layla.session_id: seen})
    synced = await again.frame("synced")
    assert [f["seq"] for f in again.of("message")] == list(range(seen + 1, synced["last_seq"] + 1))


@pytest.mark.parametrize("session_id", ["", "nowhere", "\x00", "0" * 5000, "01a20537-47a4-7463-8b8f-fa49c6e292d4"])
async def test_frames_about_a_session_that_is_not_theirs_are_refused_with_its_name(
    world: World, session_id: str
) -> None:
    layla = await world.guest(await world.staff())
    link = await layla.stream()
    await link.send("send", client_id="aaaaaaaa", session_id=session_id, text="hi")
    await link.send("read", session_id=session_id, seq=1)
    await link.send("typing", session_id=session_id)
    await link.send("sync", sessions={session_id: 0})
    await link.send("signal", session_id=session_id, to="x", data={})
    await link.send("quality", session_id=session_id, level="good", audio_only=False)
    await link.until(lambda: len(link.of("error")) == 6)
    assert {(f["code"], f["session_id"]) for f in link.of("error")} == {("not_found", session_id)}
    assert link.of("error")[0]["client_id"] == "aaaaaaaa"


async def test_numbers_beyond_all_logs_are_harmless(world: World) -> None:
    layla = await world.guest(await world.staff())
    link = await layla.stream()
    for seq in (-1, -(2**63), 2**53, 2**63, 10**400):
        await link.send("sync", sessions={layla.session_id: seq})
        await link.send("read", session_id=layla.session_id, seq=seq)
    await link.settled()
    assert {f.get("code") for f in link.of("error")} <= {"unknown_frame"}


async def test_an_empty_text_and_one_too_long_are_refused_and_nothing_is_written(world: World) -> None:
    layla = await world.guest(await world.staff())
    link = await layla.stream()
    for text, code in ((" \n ", "text_empty"), ("\u0000\u0007", "text_empty"), ("x" * 4001, "text_too_long")):
        client_id = await link.say(layla.session_id, text)
        assert (await link.frame("error", client_id=client_id))["code"] == code
    await link.say(layla.session_id, " x" * 2000 + "\u0000 ")
    await link.say(layla.session_id, "\u202eليلى\r\nline")
    assert (await link.frame("message", seq=3))["text"] == "\u202eليلى\nline"


async def test_closing_while_the_other_side_types_answers_every_message_one_way_or_the_other(world: World) -> None:
    staff = await world.staff()
    layla = await world.guest(staff)
    await staff.move(layla.session_id, "start")
    phone = await layla.stream()

    async def chatter() -> list[str]:
        return [await phone.say(layla.session_id, f"word {n}") for n in range(200)]

    ids, _ = await asyncio.gather(chatter(), staff.move(layla.session_id, "close"))
    await phone.until(lambda: set(ids) <= {f.get("client_id") for f in phone.frames}, "an answer to each")
    assert {f["code"] for f in phone.of("error")} <= {"session_ended"}
    log = done(await staff.get(f"/sessions/{layla.session_id}/messages?limit=500"), 200)["items"]
    assert [e["client_id"] for e in log if e["kind"] == "text"] == [
        f["client_id"] for f in phone.of("message", kind="text")
    ]

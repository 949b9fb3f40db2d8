"""A transcript holds the start, the days and the messages, and nothing else."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tc_cli.transcript import Entry, File, Labels, Transcript, write_transcript
from tests.transcript.conversation import NAIROBI, START, printed, said


def test_it_says_when_it_started_and_in_which_zone() -> None:
    text = printed(said("Habari")).text
    assert "Started Saturday 7 March 2026, 22:30" in text
    assert "Times in Africa/Nairobi (UTC+03:00)" in text


def test_each_message_has_its_time_its_sender_and_its_words() -> None:
    lines = printed(said("Ninaumwa", by="Wanjiru"), said("Wapi?", by="Otieno", role="staff", minutes=2)).text.split(
        "\n"
    )
    first, second = lines.index("22:31 Wanjiru"), lines.index("22:32 Otieno")
    assert lines[first : first + 3] == ["22:31 Wanjiru", "Service user", "Ninaumwa"]
    assert lines[second : second + 3] == ["22:32 Otieno", "Staff", "Wapi?"]


def test_nothing_else_is_printed() -> None:
    assert printed(said("Ndiyo")).text.split("\n") == [
        "Transcript",
        "Started Saturday 7 March 2026, 22:30",
        "Times in Africa/Nairobi (UTC+03:00)",
        "22:31 Amina",
        "Service user",
        "Ndiyo",
        "1 / 1",
    ]


def test_times_are_those_of_the_zone_that_was_asked_for() -> None:
    utc = datetime.fromisoformat("2026-03-07T23:05:00+00:00")
    assert "02:05 Amina" in printed(Entry(utc, "service_user", "Amina", "x")).text


def test_a_new_day_is_announced_once() -> None:
    text = printed(said("a"), said("b", minutes=100), said("c", minutes=101)).text
    assert text.count("Sunday 8 March 2026") == 1
    assert text.index("Sunday 8 March 2026") < text.index("00:10 Amina")


def test_a_file_is_its_name_and_its_size() -> None:
    text = printed(said(None, file=File("ordonnance.pdf", 1_843_210)), said("voilà", file=("photo.jpg", 900))).text
    assert "ordonnance.pdf\n1.8 MB" in text
    assert "voilà\nphoto.jpg\n900 bytes" in text


def test_lines_and_blank_lines_of_a_message_are_kept() -> None:
    page = printed(said("one\ntwo\n\n\n\n  three")).text
    assert "one\ntwo\n" in page
    assert "three" in page


def test_without_messages_it_says_so() -> None:
    assert "No messages were written." in printed().text


def test_every_page_is_a4_and_numbered() -> None:
    pdf = printed(*(said(f"Message {n} of many.", minutes=n // 10) for n in range(500)))
    total = len(pdf.pages)
    assert total > 10
    assert [page.split("\n")[-1] for page in pdf.pages] == [f"{n} / {total}" for n in range(1, total + 1)]
    text = pdf.text
    assert all(f"Message {n} of many." in text for n in range(500))
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.reader.pages} == {(595, 842)}


def test_a_message_longer_than_a_page_goes_on_under_its_senders_name() -> None:
    pdf = printed(said("The first words. " + "More and more. " * 400 + "The last words."))
    assert len(pdf.pages) > 1
    assert "Amina\ncontinued" in pdf.pages[1]
    assert "The last words." in pdf.pages[-1].replace("\n", " ")


def test_a_short_message_is_not_torn_between_pages() -> None:
    pdf = printed(*(said("\n".join(f"{part}{n}" for part in "abcde")) for n in range(40)))
    assert all(page.count("a") == page.count("e") - page.count("Service user") * 2 for page in pdf.pages[1:])


def test_the_files_properties_tell_nothing_about_anybody() -> None:
    metadata = printed(said("Ndiyo")).reader.metadata
    properties = {name: str(value) for name, value in (metadata.items() if metadata else ())}
    assert properties == {"/Title": "Transcript", "/Producer": "TeleConnect", "/CreationDate": "D:20260307193000Z"}


def test_the_same_conversation_gives_the_same_bytes() -> None:
    assert printed(said("Ndiyo 🙂")).data == printed(said("Ndiyo 🙂")).data


def test_five_hundred_messages_make_a_small_file() -> None:
    pdf = printed(*(said(f"Nous arrivons dans {n} minutes, restez au chaud.", minutes=n) for n in range(500)))
    assert len(pdf.data) < 80_000


def test_every_font_is_embedded_and_only_in_part() -> None:
    pdf = printed(said("Bonjour, привет, سلام"))
    assert len(pdf.fonts) >= 3
    assert all(font["/FontName"][7] == "+" or "+" in font["/FontName"] for font in pdf.fonts)
    assert all(0 < len(font["/FontFile2"].get_data()) < 12_000 for font in pdf.fonts)


def test_its_words_can_be_translated() -> None:
    labels = Labels(
        language="sw",
        title="Nakala",
        started="Ilianza {day} saa {time}",
        roles={"staff": "Mhudumu"},
        day=lambda day: day.isoformat(),
        page=lambda number, total: f"ukurasa {number} kati ya {total}",
    )
    pdf = printed(said("Karibu", role="staff"), said("Asante", role="interpreter"), labels=labels)
    words = ("Nakala", "Ilianza 2026-03-07 saa 22:30", "Mhudumu", "Interpreter", "ukurasa 1 kati ya 1")
    assert all(word in pdf.text for word in words)
    assert str(pdf.reader.root_object["/Lang"]) == "sw"


def test_progress_counts_the_messages() -> None:
    heard: list[tuple[int, int]] = []
    printed(said("a"), said("b"), said("c"), progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_it_can_be_written_to_a_path(tmp_path: Path) -> None:
    write_transcript(Transcript(START, NAIROBI, [said("Ndiyo")]), tmp_path / "it.pdf")
    assert (tmp_path / "it.pdf").read_bytes().startswith(b"%PDF")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Entry(datetime(2026, 3, 7) + timedelta(0), "staff", "Otieno", "x")  # noqa: DTZ001

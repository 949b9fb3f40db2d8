"""Sheets as people's programs write them: what is read, on which line, and what is said of the rest."""

from datetime import UTC, datetime

import pytest

from tc_cli.client.batch import sheet
from tc_cli.client.batch.faults import COLUMNS
from tc_cli.client.batch.sheet import Row, Sheet
from tc_cli.client.errors import BadFile

HEAD = "name,phone,email,language,via,at,timezone,note,kind,reference\n"


def read(text: str, encoding: str = "utf-8") -> Sheet:
    return sheet.read(text.encode(encoding), "people.csv")


def only(text: str) -> Row:
    [row] = read(text).rows
    return row


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in read(text).faults]


def refusal(content: bytes | str) -> str:
    with pytest.raises(BadFile) as caught:
        sheet.read(content if isinstance(content, bytes) else content.encode(), "people.csv")
    return f"{caught.value.what}. {caught.value.remedy}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_every_common_form_of_csv_says_the_same(encoding: str, end: str, separator: str) -> None:
    text = "reference,Name, PHONE\nA1,ليلى,+41446681800\n\nA2,Zoë,+41446681801\n"
    found = read(text.replace(",", separator).replace("\n", end), encoding).rows
    assert [(r.line, r.reference, r.name, r.phone) for r in found] == [
        (2, "A1", "ليلى", "+41446681800"),
        (4, "A2", "Zoë", "+41446681801"),
    ]


def test_a_line_that_names_the_separator_is_no_row() -> None:
    row = only("sep=;\r\nname;phone\r\nAmal;+41446681800\r\n")
    assert (row.line, row.name) == (3, "Amal")


def test_lines_are_counted_as_the_file_has_them_within_quotes_too() -> None:
    text = 'name,note,via,reference\nA,"one\ntwo\n\nfour",link,1\n\n,,,\nB,"x\r\ny",link,2\nC,,link,3\n'
    assert [(row.line, row.name) for row in read(text).rows] == [(2, "A"), (8, "B"), (10, "C")]
    assert read(text).rows[0].note == "one\ntwo\n\nfour"


def test_a_sheet_has_the_separators_of_its_head_in_its_cells() -> None:
    row = only('name;note;phone\n"Haddad; Amal";one, two;+41446681800\n')
    assert (row.name, row.note) == ("Haddad; Amal", "one, two")


def test_what_is_left_out_is_usual() -> None:
    row = only("name,phone\nAmal,+41446681800\n")
    assert (row.kind, row.language, row.via, row.reference) == ("remote", "en", "auto", "")
    assert sheet.read(b"name,language\nAmal,\n", "x.csv", language="fr").rows[0].language == "fr"


@pytest.mark.parametrize(
    "written",
    [
        "+41446681800",
        "'+41446681800",
        "0041446681800",
        "'0041 44 668 18 00",
        " +41 (44) 668-18-00 ",
        "\u202a+41\u00a044\u00a0668\u00a018\u00a000\u202c",
        "tel:+41-44-668-18-00",
        "+٤١٤٤٦٦٨١٨٠٠",
        '"=""+41446681800"""',
    ],
)
def test_a_number_is_known_however_a_spreadsheet_wrote_it(written: str) -> None:
    row = only(f"name,phone\nAmal,{written}\n")
    assert row.known_by == "+41446681800"
    assert read(f"name,phone\nAmal,{written}\n").faults == []


@pytest.mark.parametrize(
    ("written", "said"), [("4.14467E+10", "rounded"), ("41446681800", "+41446681800"), ("4.14466818e10", "rounded")]
)
def test_what_a_spreadsheet_did_to_a_number_is_told(written: str, said: str) -> None:
    [fault] = read(f"name,phone\nAmal,{written}\n").faults
    assert (fault.line, fault.column, fault.value) == (2, "phone", written)
    assert said in fault.reason


def test_the_same_reference_twice_names_both_lines() -> None:
    [fault] = read("name,phone,reference\nA,+41446681800,7\nB,+41446681801,7\n").faults
    assert (fault.line, fault.column) == (3, "reference")
    assert "line 2" in fault.reason


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [("phone", "+41446681800", "0041 44 668 18 00"), ("email", "amal@Example.org", "Amal@example.ORG")],
)
def test_the_same_contact_twice_names_both_lines(column: str, first: str, second: str) -> None:
    [fault] = read(f"name,{column}\nA,{first}\n\nB,{second}\n").faults
    assert (fault.line, fault.column) == (4, column)
    assert "line 2" in fault.reason


def test_two_people_may_share_a_phone_if_references_tell_them_apart() -> None:
    assert faults("name,phone,reference\nA,+41446681800,1\nB,+41446681800,2\n") == []


def test_who_is_given_a_link_alone_needs_a_reference() -> None:
    assert faults("name,via\nAmal,link\n") == [(2, "reference")]
    assert faults("name,via,reference\nAmal,link,7\n") == []


def test_more_cells_than_columns_are_a_fault_and_empty_ones_are_not() -> None:
    assert faults("name,phone\nHaddad, Amal,+41446681800\n") == [(2, "row")]
    assert faults("name,phone,,\nAmal,+41446681800,,\n") == []


def test_nothing_personal_is_in_a_key_and_it_knows_its_batch() -> None:
    row = only("name,phone\nAmal,+41446681800\n")
    again = only("phone,name\n0041 44 668 18 00,Amal H.\n")
    assert row.key("november") == again.key("november") != row.key("december")
    assert "446681800" not in row.key("november")
    # A reference that looks like a contact isn't one.
    assert only("name,phone,reference\nAmal,+41446681801,+41446681800\n").key("x") != row.key("x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,emial\nA,b\n", "'emial' (is email meant?)"),
        ("nom,telephone\nA,b\n", "'nom'"),
        ("name,name\nA,b\n", "name twice"),
        ("phone\n+41446681800\n", "no column called name"),
        ("", "is empty"),
        ("\n\n", "is empty"),
        (HEAD, "nobody below"),
        (HEAD + "\n,,,\n", "nobody below"),
        (HEAD + '"Amal\nBob,,,\n', "line 2"),
        (HEAD + 'Amal,,,,,,,,,1\n"Bob" x,,,\n', "line 3"),
        (b"PK\x03\x04rest", "workbook"),
        ("name\nAmal\n".encode("utf-16"), "UTF-16"),
        ("name\nAmal\n".encode("utf-16-le"), "UTF-16"),
        ("name\nAmal\nJos\xe9\n".encode("latin-1"), "Line 3 of people.csv isn't UTF-8; it seems to be Latin-1"),
        ("name\nAmal\nJos\xe9\n".encode("latin-1"), "José"),
        (("name\n" + "Amal\n" * 2000 + "\0\n").encode(), "Line 2002"),
    ],
)
def test_what_concerns_the_whole_file_is_told_with_what_to_do(content: bytes | str, said: str) -> None:
    assert said in refusal(content)


def test_every_column_is_known() -> None:
    assert tuple(HEAD.strip().split(",")) == COLUMNS


NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def planned(at: str, timezone: str = "Asia/Beirut") -> Sheet:
    return sheet.read(f"name,phone,at,timezone\nAmal,+96171123456,{at},{timezone}\n".encode(), "x.csv", now=NOW)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-12-01 14:30", datetime(2026, 12, 1, 12, 30, tzinfo=UTC)),
        ("2026-12-01T14:30+03:00", datetime(2026, 12, 1, 11, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_time_is_meant_in_the_zone_of_its_row(at: str, moment: datetime | None) -> None:
    [row] = planned(at).rows
    assert (row.at, row.timezone) == (moment, "Asia/Beirut")


def test_without_a_zone_a_time_is_meant_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Africa/Addis_Ababa")
    [row] = planned("2026-12-01 14:30", "").rows
    assert row.at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "timezone", "column", "said"),
    [
        ("next week", "", "at", "'next week' depends on when the file is sent. Write the day, like 2026-12-01 14:30."),
        ("tomorrow 9:00", "", "at", "depends on when the file is sent"),
        ("2026-12-01 25:00", "", "at", "'2026-12-01 25:00' isn't a time. Write it like"),
        ("9999-12-31 23:59", "America/Bogota", "at", "is too far away"),
        ("0001-01-01 00:00", "Asia/Tokyo", "at", "is too far away"),
        ("2026-12-01-14:30", "", "at", "depends on when the file is sent"),
        ("2027-03-28 02:30", "Europe/Zurich", "at", "the clocks are put forward. Choose another time."),
        ("2026-12-01 9:00", "Beirut", "timezone", "There is no time zone Beirut. Did you mean Asia/Beirut?"),
    ],
)
def test_a_time_that_is_none_is_told_with_its_line(at: str, timezone: str, column: str, said: str) -> None:
    [fault] = planned(at, timezone).faults
    assert (fault.line, fault.column, fault.value) == (2, column, at if column == "at" else timezone)
    assert said in fault.reason

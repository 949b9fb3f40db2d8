"""How many SMS a text costs: the alphabets and their bounds (3GPP TS 23.038, 23.040)."""

import pytest

from tc_server.delivery.segments import encoding, segments


@pytest.mark.parametrize(
    ("text", "alphabet", "count"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("a" * 459, "GSM-7", 3),
        ("a" * 460, "GSM-7", 4),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 159 + "€", "GSM-7", 2),
        # The escape and its character are not parted: 152 of 153 septets are used, then the pair goes on.
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("é" * 70, "GSM-7", 1),
        ("ê" * 70, "UCS-2", 1),
        ("ê" * 71, "UCS-2", 2),
        ("ê" * 134, "UCS-2", 2),
        ("ê" * 135, "UCS-2", 3),
        ("a" * 69 + "ê", "UCS-2", 1),
        ("a" * 70 + "ê", "UCS-2", 2),
        ("ليلى" * 17 + "لي", "UCS-2", 1),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 35 + "a", "UCS-2", 2),
        # A pair of surrogates is not parted: 66 of 67 units are used, then the pair goes on.
        ("a" * 66 + "😀" + "a" * 65, "UCS-2", 2),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 3),
    ],
    ids=lambda value: f"{value[:1]}x{len(value)}" if isinstance(value, str) else str(value),
)
def test_a_text_goes_in_an_alphabet_and_in_so_many_parts(text: str, alphabet: str, count: int) -> None:
    assert (encoding(text), segments(text)) == (alphabet, count)


def test_each_character_of_the_table_and_of_its_extension_is_known() -> None:
    table = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        "abcdefghijklmnopqrstuvwxyzäöñüà"
    )
    assert len(table) == 127
    assert encoding(table) == "GSM-7"
    assert encoding("\f^{}\\[~]|€") == "GSM-7"
    assert {encoding(c) for c in "`ç’“”–…\t\u00a0أአကя中"} == {"UCS-2"}

"""Every language says everything, with the same placeholders, and everything that is said is in the catalogues."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from tc_cli.output.words import LANGUAGES, RTL
from tc_server import locales
from tc_server.locales import MESSAGES, PHRASES, UnknownLanguage, catalogue, languages, match
from tc_server.web.assets import HERE
from tc_server.wire.bodies import AddedRole

TWENTY = set("en fr es pt ar fa ps ru uk de it tr sw so ha am ti my bn ur".split())  # noqa: SIM905, as they are listed
CODES = [language.code for language in languages()]
# Beginnings of words for doctors, health, patients, illness, treatment, hospitals.
MEDICAL = {
    "am": "ሐኪም|ሃኪም|ታካሚ|ሕክምና|ህክምና|ሆስፒታል|ክሊኒክ|በሽታ",
    "ar": r"طبيب|\bطبي\b|الطبي|صحة|صحي|مريض|علاج|عيادة|مستشف",
    "bn": "ডাক্তার|চিকিৎস|স্বাস্থ্য|রোগী|হাসপাতাল|ক্লিনিক",
    "de": "Arzt|Ärzt|medizin|gesund|patient|klinik|krank|therap",
    "en": r"doctor|medic|health|patient|clinic|\bill|sick|hospital|treat|consult|therap|nurse",
    "es": "médic|salud|sanit|pacient|clínic|enferm|hospital|consulta|terap",
    "fa": "پزشک|دکتر|سلامت|بیمار|درمان|کلینیک",
    "fr": r"médec|médic|santé|patiente?s?\b|cliniq|malad|hôpital|consultation|soign",
    "ha": "likita|asibiti|jinya|magani|mara lafiya",
    "it": "medic|salute|sanit|pazient|clinic|malat|ospedal|consult|terap",
    "my": "ဆရာဝန်|ကျန်းမာရေး|လူနာ|ဆေးရုံ|ဆေးခန်း|ကုသ",
    "ps": "ډاکټر|روغتیا|روغتون|ناروغ|درملنه|کلینیک",
    "pt": "médic|saúde|pacient|clínic|doente|doença|hospital|consulta|terap",
    "ru": "врач|доктор|медиц|здоров|пациент|клиник|больниц|лечен|консультац",
    "so": "dhakhtar|caafimaad|bukaan|isbitaal|daawey|rugta",
    "sw": "daktari|afya|mgonjwa|wagonjwa|hospitali|kliniki|matibabu",
    "ti": "ሓኪም|ጥዕና|ሕሙም|ሕክምና|ሆስፒታል|ክሊኒክ",
    "tr": "doktor|sağlık|tıbb|hasta|klinik|tedavi",
    "uk": "лікар|медич|медиц|здоров|пацієнт|клінік|хвор|лікуван|консультац",
    "ur": "ڈاکٹر|صحت|مریض|طبی|علاج|ہسپتال|کلینک",
}
FOLDER = Path(locales.__file__).parent
SOURCES = [*HERE.glob("js/*.js"), *(HERE / f"{name}.html" for name in ("page", "call", "test", "lost"))]
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts(code: str) -> dict[tuple[str, str], str]:
    """Return a language's texts by context and source text."""
    return {(context, source): text for context, said in catalogue(code).texts.items() for source, text in said.items()}


def test_there_are_the_twenty_languages_and_the_full_screen_names_them_alike() -> None:
    wanted = [
        "en",
        "fr",
        "es",
        "pt",
        "ar",
        "fa",
        "ps",
        "ru",
        "uk",
        "de",
        "it",
        "tr",
        "sw",
        "so",
        "ha",
        "am",
        "ti",
        "my",
        "bn",
        "ur",
    ]
    assert set(CODES) == set(wanted)
    assert {language.code: language.name for language in languages()} == LANGUAGES


@pytest.mark.parametrize("code", CODES)
def test_a_language_says_neither_more_nor_less_than_english(code: str) -> None:
    assert texts(code).keys() == texts("en").keys()


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_empty_or_has_other_placeholders_than_its_source(code: str) -> None:
    for (_, source), text in texts(code).items():
        assert text.strip(), source
        assert placeholders(text) == placeholders(source), source


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_fuzzy_or_obsolete(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as file:
        entries = read_po(file)
    assert [entry.id for entry in entries if entry.id and entry.fuzzy] == []
    assert not entries.obsolete


@pytest.mark.parametrize("code", CODES)
def test_the_header_is_complete(code: str) -> None:
    text = (FOLDER / f"{code}.po").read_text(encoding="utf-8")
    assert f'"Language: {code}\\n"' in text
    assert re.search(r'^"X-Name: \S.*\\n"$', text, re.MULTILINE)
    assert re.search(r'^"X-Reviewed: (yes|no)\\n"$', text, re.MULTILINE)


def test_english_reads_as_its_source() -> None:
    assert all(source == text for (_, source), text in texts("en").items())


def test_what_is_written_from_the_right_is_known() -> None:
    from_the_right = {language.code for language in languages() if language.dir == "rtl"}
    assert from_the_right == {"ar", "fa", "ps", "ur"} == RTL


@pytest.mark.parametrize("code", CODES)
def test_the_terms_name_the_exit_as_its_button_does(code: str) -> None:
    said = catalogue(code).page()
    (terms,) = (text for source, text in said.items() if "“Quick exit”" in source)
    assert said["Quick exit"] in terms


def test_every_text_of_the_page_is_used_and_every_used_one_is_there() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    known = set().union(*(catalogue("en").texts[context] for context in ("page", "call", "test", "lost")))
    shown = set(re.findall(r"\[\[([^'\[\]]+)\]\]", sources)) | set(re.findall(r"\bsay\('([^']+)'", sources))
    tables = set(re.findall(r"'([A-Z][^'\n]* [^'\n]*\.)'", sources))
    assert shown | tables <= known
    assert {text for text in known if f"'{text}'" not in sources and f"[[{text}]]" not in sources} == set(
        get_args(AddedRole)
    )


def test_what_reaches_the_waiting_room_carries_no_texts_of_calls_or_tests() -> None:
    """They are fetched when the first call comes, or the test is opened."""
    said = catalogue("en")
    assert not said.page().keys() & (said.call().keys() | said.texts["test"].keys())
    files = [*HERE.glob("page.html"), *(HERE / "js" / f"{name}.js" for name in ("join", "room", "render", "lines"))]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files)
    later = said.call() | said.texts["test"]
    assert [text for text in later if f"'{text}'" in sources or f"[[{text}]]" in sources] == []


def test_every_delivered_text_is_named_and_every_name_has_its_text() -> None:
    assert set(MESSAGES.values()) == set(catalogue("en").texts["message"])


def test_every_quick_phrase_is_named_and_every_name_has_its_phrase() -> None:
    assert sorted(PHRASES.values()) == sorted(catalogue("en").texts["phrase"])


@pytest.mark.parametrize("code", CODES)
def test_no_text_gives_away_that_it_is_about_health(code: str) -> None:
    """Whoever sees a message or the page over a shoulder must not learn it; phrases are said in the chat."""
    shown = {source: text for (context, source), text in texts(code).items() if context != "phrase"}
    assert [text for text in shown.values() if re.search(MEDICAL[code], text, re.IGNORECASE)] == []


@pytest.mark.parametrize("code", CODES)
def test_quick_phrases_differ_from_each_other_and_stay_out_of_the_page(code: str) -> None:
    said = catalogue(code).phrases()
    assert list(said) == list(PHRASES)
    assert len(set(said.values())) == len(said)
    assert not set(PHRASES.values()) & catalogue(code).page().keys()


@pytest.mark.parametrize("code", ["en", "fr", "es", "pt", "de", "it", "sw", "so", "ha"])
@pytest.mark.parametrize("name", ["remote_sms", "colleague_sms", "notice"])
def test_what_is_sent_fits_one_sms_where_the_script_allows(code: str, name: str) -> None:
    link = "https://connect.example.org/j/en#" + "x" * 43
    sms = catalogue(code).text(MESSAGES[name], organisation="Example Help", link=link, number=12, minutes=345)
    assert set(sms) <= GSM_7
    assert len(sms) <= 160


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("nl, sw;q=0.3, AR;q=0.7", "ar"),
        ("EN-us", "en"),
        ("es;q=0", "en"),
        ("*", "en"),
        ("zz;q=high, \x00", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_browser_gets_its_best_language(header: str | None, code: str) -> None:
    assert match(header) == code


def test_a_language_without_a_file_is_unknown() -> None:
    with pytest.raises(UnknownLanguage):
        catalogue("tlh")

"""Fonts are found in packages or on the system; a script without one is named together with its remedy."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tc_cli.transcript import MissingFont
from tc_cli.transcript.cutting import cut
from tc_cli.transcript.faces import Face, Weight
from tc_cli.transcript.finding import FontFinder
from tc_cli.transcript.scripts import SERVED
from tc_cli.transcript.typecase import Typecase
from tests.transcript.conversation import printed, said

CHINESE = "您好，我的孩子发烧了。"


def only(folder: Path, *stems: str) -> list[Path]:
    """Make a folder that has nothing but the fonts of some stems."""
    for stem in stems:
        if file := FontFinder().find(stem):
            (folder / file.name).symlink_to(file)
    return [folder]


def test_without_any_font_the_error_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(MissingFont, match=r"^no font for Latin letters\. Install one: pip install ") as refusal:
        printed(said("Hello"), fonts=[tmp_path])
    assert refusal.value.script == "Latin letters"


@pytest.mark.parametrize(
    ("text", "script", "remedy"),
    [
        (CHINESE, "Chinese", "pip install 'teleconnect[cjk]', or on Debian: apt install fonts-noto-cjk"),
        ("ありがとう", "Japanese", "fonts-noto-cjk"),
        ("مرحبا", "Arabic", "fonts-noto-core"),
        ("မင်္ဂလာပါ", "Myanmar", "fonts-noto-core"),
    ],
)
def test_a_script_without_a_font_is_named_with_its_remedy(tmp_path: Path, text: str, script: str, remedy: str) -> None:
    with pytest.raises(MissingFont) as refusal:
        printed(said(text), fonts=only(tmp_path, "notosans"))
    assert refusal.value.script == script
    assert remedy in refusal.value.remedy


def test_letters_without_a_font_can_be_let_pass_as_boxes(tmp_path: Path) -> None:
    text = printed(said("مرحبا ok"), fonts=only(tmp_path, "notosans"), allow_missing=True).text
    assert "\ufffd\ufffd\ufffd\ufffd\ufffd" in text
    assert "ok" in text


def test_a_refused_transcript_leaves_no_file(tmp_path: Path) -> None:
    from tc_cli.transcript import Transcript, write_transcript
    from tests.transcript.conversation import NAIROBI, START

    with pytest.raises(MissingFont):
        write_transcript(Transcript(START, NAIROBI, [said("x")]), tmp_path / "it.pdf", fonts=[tmp_path])
    assert not list(tmp_path.iterdir())


def test_signs_that_no_font_draws_are_named(tmp_path: Path) -> None:
    text = printed(said("🤒 👍🏽 🇰🇪"), fonts=only(tmp_path, "notosans")).text
    assert "[face with thermometer] [thumbs up sign] [KE]" in text.replace("\n", " ")


def test_a_character_of_no_script_becomes_a_box() -> None:
    assert "\ufffd\ufffd" in printed(said("\ue123\U0003fffd")).text


def test_the_error_names_every_served_script_alike() -> None:
    assert all(script.remedy.startswith("Install one") and script.name for script in SERVED.values())


def test_chinese_reads_if_this_machine_has_a_font_for_it() -> None:
    try:
        text = printed(said(CHINESE)).text.replace("\0", "")  # pypdf reads codes of CFF fonts byte by byte
    except MissingFont:
        pytest.skip("no font for Chinese here")
    assert CHINESE in text


def test_a_variable_font_is_embedded_at_the_weight_in_use() -> None:
    files = (FontFinder().find(stem) for stem in ("notosanssc", "notosanshebrew", "notosans"))
    faces = (Face(file, 0, weight) for file in files if file for weight in Weight)
    variable = {face.weight: face for face in faces if face.axes}
    if not variable:
        pytest.skip("no variable font here")
    widths = []
    for face in variable.values():
        face.shape("Im", rtl=False)
        font = TTFont(BytesIO(cut(face)[0]))
        assert "fvar" not in font
        widths.append(font["hmtx"].metrics)
    assert widths[0] != widths[1]


def test_families_with_a_file_a_weight_give_both(tmp_path: Path) -> None:
    file = FontFinder().find("notosans")
    assert file is not None
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        (tmp_path / name).symlink_to(file)
    finder = FontFinder([tmp_path])
    upright = finder.find("notosans")
    assert upright == tmp_path / "NotoSans-Regular.ttf"
    assert finder.find_bold("notosans", upright) == tmp_path / "NotoSans-Bold.ttf"


def test_folders_are_read_in_their_order_and_only_as_far_as_needed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "NotoSans[wght].ttf").touch()
    assert FontFinder([first, second]).find("notosans") == first / "NotoSans[wght].ttf"
    assert FontFinder([tmp_path / "none", second]).find("notosans") == second / "NotoSans[wght].ttf"


def test_japanese_and_chinese_ideographs_have_their_own_shapes() -> None:
    typecase = Typecase(FontFinder())
    try:
        faces = {han: typecase.assign("骨", Weight.REGULAR, han)[0][1] for han in ("Hani", "Jpan")}
    except MissingFont:
        pytest.skip("no font for Chinese or Japanese here")
    assert faces["Hani"] is not faces["Jpan"]

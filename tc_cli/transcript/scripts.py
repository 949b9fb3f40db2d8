"""Which script a letter is written in, and which fonts can draw that script.

Scripts go by their ISO 15924 codes. File names are given as stems: lower case, without style and separators.
"""

from dataclasses import dataclass
from functools import cache

COMMON = ("Zyyy", "Zinh", "Zzzz")
LATIN = "Latn"
RTL, AFRICA, SEA = "justmytype-intl-rtl", "justmytype-intl-africa", "justmytype-intl-sea"
SOUTH_ASIA, WESTERN = "justmytype-intl-south-asia", "justmytype-western-core"
MANY, CJK = "manimgx-fonts", "'teleconnect[cjk]'"
NOTO, NOTO_CJK = "fonts-noto-core", "fonts-noto-cjk"

# For each style of ideographs the end of a family's name by which collections tell it.
HAN_STYLES = {"Hani": "SC", "Jpan": "JP", "Kore": "KR"}


@dataclass(frozen=True, slots=True)
class Script:
    """Name a script, the stems of the files that draw it, best first, the packages that bring one, and its scale."""

    code: str
    name: str
    stems: tuple[str, ...]
    package: str = ""
    debian: str = NOTO
    scale: float = 1.0

    @property
    def remedy(self) -> str:
        debian = f"on Debian: apt install {self.debian}"
        return f"Install one: pip install {self.package}, or {debian}" if self.package else f"Install one, {debian}"


def _noto(code: str, name: str, package: str, *others: str, scale: float = 1.0) -> Script:
    stems = ("notosans" + name.lower(), *others, "arialunicode", "arialunicodems")
    return Script(code, name, stems, package, scale=scale)


def _han(code: str, name: str, style: str, *others: str) -> Script:
    noto = (f"notosans{style}", f"notosanscjk{style}", "notosanscjk", f"sourcehansans{style}", "sourcehansans")
    return Script(code, name, (*noto, *others, "droidsansfallback", "arialunicode", "arialunicodems"), CJK, NOTO_CJK)


_WESTERN = ("notosans", "dejavusans", "liberationsans", "arial", "segoeui", "helveticaneue", "helvetica")
_CHINESE = ("pingfang", "hiraginosansgb", "stheitilight", "msyh", "simsun", "wqymicrohei", "wqyzenhei")
_SERVED = (
    Script("Latn", "Latin letters", _WESTERN, WESTERN),
    Script("Cyrl", "Cyrillic", _WESTERN, WESTERN),
    Script("Grek", "Greek", _WESTERN, WESTERN),
    _noto("Arab", "Arabic", RTL, "notonaskharabic", "geezapro", "segoeui", "dejavusans", "arial", scale=1.1),
    _noto("Hebr", "Hebrew", RTL, "arialhebrew", "segoeui", "dejavusans", "arial"),
    _noto("Ethi", "Ethiopic", AFRICA, "notoserifethiopic", "kefa", "ebrima", "abyssinicasil"),
    _noto("Mymr", "Myanmar", SEA, "notoserifmyanmar", "myanmarmn", "mmrtext", "padauk"),
    _noto("Thai", "Thai", SEA, "notoloopedthai", "thonburi", "leelawui", "garuda", scale=1.05),
    _noto("Laoo", "Lao", SEA, "laomn", "leelawui", scale=1.05),
    _noto("Khmr", "Khmer", SEA, "khmermn", "leelawui"),
    _noto("Beng", "Bengali", SOUTH_ASIA, "kohinoorbangla", "banglamn", "nirmala", "lohitbengali", scale=1.05),
    _noto("Deva", "Devanagari", SOUTH_ASIA, "kohinoordevanagari", "nirmala", "lohitdevanagari", scale=1.05),
    _noto("Taml", "Tamil", SOUTH_ASIA, "tamilmn", "nirmala", "lohittamil"),
    _noto("Telu", "Telugu", SOUTH_ASIA, "telugumn", "nirmala", "lohittelugu"),
    _noto("Geor", "Georgian", MANY, "dejavusans", "segoeui"),
    _noto("Armn", "Armenian", MANY, "dejavusans", "segoeui"),
    _noto("Gujr", "Gujarati", MANY, "gujaratimt", "nirmala", "lohitgujarati"),
    _noto("Guru", "Gurmukhi", MANY, "gurmukhimn", "nirmala", "lohitgurmukhi"),
    _noto("Knda", "Kannada", MANY, "kannadamn", "nirmala", "lohitkannada"),
    _noto("Mlym", "Malayalam", MANY, "malayalammn", "nirmala", "lohitmalayalam"),
    _noto("Orya", "Oriya", MANY, "oriyamn", "nirmala", "lohitoriya"),
    _noto("Sinh", "Sinhala", MANY, "sinhalamn", "nirmala"),
    _han("Hani", "Chinese", "sc", *_CHINESE),
    _han("Jpan", "Japanese", "jp", "hiraginosans", "yugothic", "msgothic", "ipagothic", "takaogothic"),
    _han("Kore", "Korean", "kr", "applesdgothicneo", "malgun", "nanumgothic"),
)
SERVED = {script.code: script for script in _SERVED}
ALIASES = {"Hira": "Jpan", "Kana": "Jpan", "Hang": "Kore", "Bopo": "Hani"}
SYMBOLS = ("notoemoji", "notosanssymbols2", "notosanssymbols", "dejavusans", "seguisym", "applesymbols", "notosansmath")


@cache
def script_of(char: str) -> str:
    """Return the code of a character's script; Japanese and Korean letters answer for their whole writing."""
    from fontTools import unicodedata

    code: str = unicodedata.script(char)
    return ALIASES.get(code, code)


@cache
def scripts_sharing(char: str) -> tuple[str, ...]:
    """Return the served scripts that share a sign of theirs, such as a danda or an Arabic comma."""
    from fontTools import unicodedata

    return tuple(code for code in sorted(unicodedata.script_extension(char)) if code in SERVED)


@cache
def describe(code: str) -> Script:
    """Return what is known of a script; one that isn't listed is looked for under its own name."""
    if code in SERVED:
        return SERVED[code]
    from fontTools import unicodedata

    name = unicodedata.script_name(code, "Unknown").replace("_", " ")
    stem = name.lower().replace(" ", "")
    return Script(code, name, (f"notosans{stem}", f"notoserif{stem}"))


def han_style(text: str) -> str:
    """Return whose ideographs a text should have: Japanese beside kana, Korean beside hangul, else Chinese."""
    for char in text:
        code = script_of(char)
        if code in ("Jpan", "Kore"):
            return code
    return "Hani"

"""Theme colours for what Rich draws: Textual's own names mean nothing to it."""

from textual.app import App
from textual.color import Color

MUTED = 0.6


def ink(app: "App[object]", style: str) -> str:
    """Return a Rich style for words like `bold warning`; an `auto` colour becomes a mix with the background."""
    *attributes, name = style.split() or [""]
    variables = app.theme_variables
    value = variables.get(name, "")
    if value.startswith("auto"):
        ground, letters = Color.parse(variables["background"]), Color.parse(variables["foreground"])
        value = ground.blend(letters, MUTED).hex
    return " ".join([*attributes, value]).strip()

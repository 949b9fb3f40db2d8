"""The looks: dark, light, high contrast, and greys for those who want no colour."""

import os
from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="teleconnect-dark",
    primary="#5fb3a1",
    secondary="#7a9cc6",
    accent="#e0a458",
    warning="#e0a458",
    error="#e5707a",
    success="#7fc08a",
    foreground="#d5dbe0",
    background="#12181d",
    surface="#182027",
    panel="#212b33",
    dark=True,
    variables={"footer-key-foreground": "#5fb3a1", "block-cursor-text-style": "none"},
)
LIGHT = Theme(
    name="teleconnect-light",
    primary="#17695a",
    secondary="#2f5c93",
    accent="#8a5300",
    warning="#8a5300",
    error="#a8202d",
    success="#22662f",
    foreground="#1c2429",
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#e5e2d9",
    dark=False,
    variables={"footer-key-foreground": "#17695a", "block-cursor-text-style": "none"},
)
CONTRAST = Theme(
    name="teleconnect-contrast",
    primary="#00ffd0",
    secondary="#9fd0ff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff9090",
    success="#90ff90",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
    text_alpha=1.0,
    variables={
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#505050",
        "border": "#ffffff",
        "border-blurred": "#a0a0a0",
        "text-muted": "#d0d0d0",
        "footer-key-foreground": "#ffff00",
    },
)
GREY = Theme(
    name="teleconnect-grey",
    primary="#d0d0d0",
    secondary="#b0b0b0",
    accent="#ffffff",
    warning="#e8e8e8",
    error="#ffffff",
    success="#d8d8d8",
    foreground="#d8d8d8",
    background="#101010",
    surface="#181818",
    panel="#282828",
    dark=True,
    variables={
        "block-cursor-background": "#d8d8d8",
        "block-cursor-foreground": "#101010",
        "block-cursor-blurred-background": "#404040",
    },
)
THEMES = (DARK, LIGHT, CONTRAST, GREY)


def first(chosen: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the theme to begin with: greys where no colour is wanted, else the chosen one if there is such a one."""
    if environment.get("NO_COLOR"):
        return GREY.name
    return chosen if chosen in {theme.name for theme in THEMES} else DARK.name

"""How the docs are built: MyST Markdown, furo, nothing from another host; the screens draw themselves."""

import os
import sys
from pathlib import Path
from typing import Any

project = "TeleConnect"
author = "The TeleConnect project"
copyright = "the TeleConnect project"
language = "en"

extensions = ["myst_parser"]
exclude_patterns = ["_build", "_shots", "language-table.md"]
nitpicky = True
highlight_language = "none"

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "TeleConnect"
html_show_sphinx = False
html_copy_source = False

HERE = Path(__file__).parent


def draw_screens(_app: Any) -> None:
    """Draw the pictures of `docs/screens`."""
    sys.path.insert(0, str(HERE.parent))
    # The full screen chooses its words when it is imported, and its colours when it starts.
    os.environ["LANGUAGE"] = "en"
    os.environ.pop("NO_COLOR", None)
    from docs import pictures

    pictures.write(HERE / "_shots")


def setup(app: Any) -> None:
    """Draw before any page is read."""
    app.connect("builder-inited", draw_screens)

"""How the docs are built: MyST Markdown, furo, nothing from another host."""

project = "TeleConnect"
author = "The TeleConnect project"
copyright = "the TeleConnect project"
language = "en"

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
highlight_language = "none"

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "TeleConnect"
html_show_sphinx = False
html_copy_source = False

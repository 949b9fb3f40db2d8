"""What a browser gets: the participants' page, staff's call page, a harmless one, and the files under `/web/`.

Knows no HTTP framework.
"""

from tc_server.web.assets import Asset, assets, pack, url
from tc_server.web.calendar import harmless
from tc_server.web.pages import JSON, call_page, call_texts, content_security_policy, manifest, page

__all__ = [
    "JSON",
    "Asset",
    "assets",
    "call_page",
    "call_texts",
    "content_security_policy",
    "harmless",
    "manifest",
    "pack",
    "page",
    "url",
]

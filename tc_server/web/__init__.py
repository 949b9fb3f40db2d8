"""What a browser gets: the participants' page, staff's call page, the device test, the one for a lost link, a harmless
page, and files.

Knows no HTTP framework.
"""

from tc_server.web.assets import Asset, assets, pack, url
from tc_server.web.calendar import harmless
from tc_server.web.pages import (
    JSON,
    call_page,
    call_texts,
    content_security_policy,
    device_page,
    lost_page,
    manifest,
    page,
)

__all__ = [
    "JSON",
    "Asset",
    "assets",
    "call_page",
    "call_texts",
    "content_security_policy",
    "device_page",
    "harmless",
    "lost_page",
    "manifest",
    "pack",
    "page",
    "url",
]

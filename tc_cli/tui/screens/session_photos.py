"""A session's photos as small pictures in its chat: which are fetched by themselves, and what has become of each."""

from collections.abc import Iterator

from textual.color import Color
from textual.strip import Strip

from tc_cli.tui.board import Tail
from tc_cli.tui.desk import Desk, Trouble
from tc_cli.tui.threads import in_thread
from tc_server.wire.bodies import File

# A photo in the chat is this many cells wide and high at most; opening it shows all of it.
PREVIEW = (40, 12)
LARGE_PREVIEW = (72, 24)
LARGE = 44
MOST_PHOTOS = 3
LARGEST_PHOTO = 1_000_000
LOOKED_THROUGH = 100


class Photos:
    """Keeps what was made; the screen gives the time and the room for it. `previews` are by the file's id."""

    def __init__(self, desk: Desk, session_id: str) -> None:
        self._desk = desk
        self._session_id = session_id
        self._fetched: set[str] = set()
        self.previews: dict[str, tuple[Strip, ...]] = {}

    def to_fetch(self, tail: Tail) -> Iterator[File]:
        """Give the newest photos, each one time, unless staff's line is too dear for that."""
        if not self._desk.preferences.choices.photos or not self._desk.board.link.online:
            return
        newest = [m.file for m in tail.messages[-LOOKED_THROUGH:] if m.file and m.file.type.startswith("image/")]
        for file in newest[-MOST_PHOTOS:]:
            if file.file_id not in self._fetched and file.size <= LARGEST_PHOTO:
                self._fetched.add(file.file_id)
                yield file

    async def fetch(self, file: File, rows: int, background: Color, *, colour: bool) -> bool:
        """Fetch a photo and keep a small picture of it; False if there is none."""
        try:
            content = await self._desk.feed.file(self._session_id, file.file_id)
        except Trouble:
            # It can still be opened by hand, which says what is wrong.
            return False
        return await self.keep(file, content, rows, background, colour=colour)

    async def keep(self, file: File, content: bytes, rows: int, background: Color, *, colour: bool) -> bool:
        """Keep a small picture of a photo, fit for a screen of so many rows; False if there can be none."""
        from tc_cli.tui.pictures import NoPicture, Way, preview, way

        if not file.type.startswith("image/") or way() is Way.OFF or not self._desk.preferences.choices.photos:
            return False
        size = LARGE_PREVIEW if rows >= LARGE else PREVIEW
        try:
            made = await in_thread(lambda: preview(content, *size, background, colour=colour))
        except NoPicture:
            return False
        self.previews[file.file_id] = made
        return True

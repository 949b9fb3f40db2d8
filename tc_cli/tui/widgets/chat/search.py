"""Finding words in a conversation."""

import re
import unicodedata
from collections.abc import Sequence

from tc_cli.tui.widgets.chat.entry import Entry


def bare(text: str) -> str:
    """Return text without accents, each character at its place, so that `fievre` finds `fièvre`."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text)


class Search:
    """What is looked for, and which entries hold it."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None
        self.hits: list[int] = []

    def look_for(self, words: str, entries: Sequence[Entry]) -> None:
        """Look for words, in any case; nothing is found by empty ones."""
        wanted = bare(words.strip())
        self._pattern = re.compile(re.escape(wanted), re.IGNORECASE) if wanted else None
        self.look_again(entries)

    def look_again(self, entries: Sequence[Entry]) -> None:
        pattern = self._pattern
        self.hits = [
            index
            for index, entry in enumerate(entries)
            if pattern and entry.kind != "fact" and pattern.search(bare(entry.words))
        ]

    def spans(self, entry: Entry) -> list[tuple[int, int]]:
        """Return where in an entry's words the hits are."""
        return [found.span() for found in self._pattern.finditer(bare(entry.words))] if self._pattern else []

    def beside(self, index: int, step: int) -> int | None:
        """Return the next hit in a direction from an entry, going round at the ends."""
        if not self.hits:
            return None
        if step > 0:
            return next((hit for hit in self.hits if hit > index), self.hits[0])
        return next((hit for hit in reversed(self.hits) if hit < index), self.hits[-1])

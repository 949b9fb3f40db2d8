"""The command palette: what can be done here, where one can go, and every session by its name."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tc_cli.output import words
from tc_cli.tui import cells
from tc_cli.tui.text import bidi
from tc_cli.tui.widgets.top_bar import places
from tc_cli.tui.words import _

if TYPE_CHECKING:
    from tc_cli.tui.app import TeleConnect


class Command(NamedTuple):
    """One line of the palette: its name, what it is for, what it does."""

    name: str
    about: str
    run: Callable[[], object]


class Palette(Provider):
    """Finds commands by a few of their letters."""

    async def discover(self) -> Hits:
        """Offer what can be done here before anything is typed."""
        for command in [*self._here(), *self._everywhere()]:
            yield DiscoveryHit(command.name, command.run, help=command.about)

    async def search(self, query: str) -> Hits:
        """Offer what matches, sessions too."""
        matcher = self.matcher(query)
        for command in [*self._here(), *self._everywhere(), *self._sessions()]:
            named = matcher.match(command.name)
            # What it is for is looked through as well, with less weight.
            if (score := max(named, matcher.match(command.about) / 2)) > 0:
                name = matcher.highlight(command.name) if named else command.name
                yield Hit(score, name, command.run, help=command.about)

    @property
    def _tc(self) -> "TeleConnect":
        from tc_cli.tui.app import TeleConnect

        assert isinstance(self.app, TeleConnect)
        return self.app

    def _here(self) -> Iterator[Command]:
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if (
                not active.enabled
                or binding.system
                or not binding.id
                or binding.id in seen
                or binding.id.startswith("go.")
            ):
                continue
            seen.add(binding.id)
            run = partial(self.app.run_action, binding.action, active.node)
            yield Command(binding.description, active.tooltip or "", run)

    def _everywhere(self) -> Iterator[Command]:
        app = self._tc
        for mode, label in places().items():
            yield Command(_("Go to {place}").format(place=label), "", partial(app.action_go, mode))
        yield Command(_("Invite from a file…"), _("Many people, one a row of a CSV file"), app.action_batch)
        yield Command(_("Theme"), _("Dark, light, high contrast or greys"), app.action_change_theme)
        quiet = app.desk.preferences.choices.quiet
        name = _("Ring aloud") if quiet else _("Ring without a sound")
        choose = partial(app.desk.preferences.choose, quiet=not quiet)
        yield Command(name, _("The line on top shows it either way"), choose)
        photos = app.desk.preferences.choices.photos
        name = _("Don't show photos by themselves") if photos else _("Show photos by themselves")
        choose = partial(app.desk.preferences.choose, photos=not photos)
        yield Command(name, _("Without them a photo is fetched only when it is opened"), choose)
        yield Command(_("Reconnect now"), _("Don't wait for the next try"), app.desk.feed.reconnect)

    def _sessions(self) -> Iterator[Command]:
        app = self._tc
        for session in app.desk.board.sessions.values():
            name = bidi.visual(words.plain(session.name), order=cells.ORDER)
            about = f"{cells.state(session.state)[0]} · {cells.language(session.language)[0]}"
            yield Command(name, about, partial(app.open_session, session.session_id))

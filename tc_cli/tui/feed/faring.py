"""How the messages of a batch fare: asked for where it isn't settled, and no further than something has changed."""

from collections.abc import Sequence
from uuid import UUID

from tc_cli.client import calls
from tc_cli.tui.batch import SETTLED, fare
from tc_cli.tui.board import Board
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed.errands import Errands
from tc_cli.tui.feed.inviting import Inviting
from tc_server.wire.bodies import Invite

FEW = 5
MOST_PAGES = 10


class Faring:
    """The batch that is on the board. `look` when somebody wants to see it."""

    def __init__(self, board: Board, errands: Errands, inviting: Inviting) -> None:
        self._board = board
        self._errands = errands
        self._inviting = inviting
        # Invites that are no longer listed: erased, most likely.
        self._gone: set[str] = set()

    def unsettled(self) -> list[str]:
        """Return the invites of the batch whose message may still get somewhere, the oldest first."""
        batch, invites = self._board.batch, self._board.invites
        if batch is None:
            return []
        return sorted(key for key in batch.invited.keys() - self._gone if fare(invites.get(key)) not in SETTLED)

    async def look(self) -> bool:
        """Fetch pages in the order in which messages go out, and tell whether anything is new.

        It ends with the first page on which nothing is: what comes after it waits too.
        """
        news = False
        for _page in range(MOST_PAGES):
            unsettled = self.unsettled()
            if not unsettled:
                break
            before = {key: fare(self._board.invites.get(key)) for key in unsettled}
            try:
                await self._inviting.have(self._some(unsettled))
            except Trouble:
                break
            if all(fare(self._board.invites.get(key)) == was for key, was in before.items()):
                break
            news = True
        return news

    async def _some(self, unsettled: Sequence[str]) -> list[Invite]:
        if len(unsettled) <= FEW:
            return [await self._errands.do(calls.show_invite(key)) for key in unsettled]
        last = unsettled[min(len(unsettled), calls.PAGE) - 1]
        # A list begins below the id that it is to begin after, whether there is such a one or not.
        page = await self._errands.do(calls.invites(str(UUID(int=UUID(last).int + 1))))
        lowest = page.items[-1].invite_id if page.next else ""
        asked = {key for key in unsettled if lowest <= key <= last}
        self._gone |= asked - {one.invite_id for one in page.items}
        return list(page.items)

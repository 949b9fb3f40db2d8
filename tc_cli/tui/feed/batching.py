"""One file of people at a time, checked and sent in a thread: how far it is goes onto the board.

What may be repeated is: a run that is paused, cut off or killed goes on from its report, and invites nobody twice.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from tc_cli.client.api import Api
from tc_cli.client.batch import planning, sending, sheet
from tc_cli.client.batch.persistence import Persistence
from tc_cli.client.batch.planning import Plan
from tc_cli.client.batch.reporting import Report, ReportRow
from tc_cli.client.profile import Access
from tc_cli.tui.batch import Batch, Fault, Invited, Stage
from tc_cli.tui.board import Board, Change, Topic
from tc_cli.tui.desk import Trouble
from tc_cli.tui.feed import reports
from tc_cli.tui.feed.errands import Errands

TOLD_EVERY = 0.4
# Seconds over which the rate is taken.
LATELY = 15.0


class _Paused(Exception):
    """Staff wants it to rest."""


class _Run:
    """One file, in at most one thread at a time."""

    def __init__(self, batch: Batch, access: Access, elsewhere: Path) -> None:
        self.batch = batch
        self.elsewhere = elsewhere
        self.dropped = False
        self.plan: Plan | None = None
        self.sheet: sheet.Sheet | None = None
        self._loop = asyncio.get_running_loop()
        self._rests = threading.Event()
        self._wakes = threading.Event()
        # Without end: whoever sits here sees that it waits, and can pause it.
        self.persistence = Persistence(
            Api(access, tries=1),
            float("inf"),
            lost=lambda why: self.post(self._lost, why.what),
            found=lambda: self.post(self._lost, ""),
            pause=self._pause,
        )
        self.on_change: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._rests.clear()
        self._wakes.clear()

    def rest(self) -> None:
        self._rests.set()
        self._wakes.set()

    def drop(self) -> None:
        """Let it rest for good, and tell nothing more of it."""
        self.dropped = True
        self.rest()
        if not self.batch.works:
            self.persistence.api.__exit__()

    def wake(self) -> None:
        """Try at once instead of when the pause is over."""
        self._wakes.set()

    def post(self, do: Callable[..., None], *told: object) -> None:
        """Have something done on the loop, which alone writes the board."""

        def do_it() -> None:
            if not self.dropped:
                do(*told)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do_it)

    def look_up(self) -> None:
        """Stop here if it is to rest. Raises _Paused."""
        if self._rests.is_set():
            raise _Paused

    def _pause(self, seconds: float) -> None:
        self._wakes.wait(seconds)
        self.look_up()
        self._wakes.clear()

    def _lost(self, why: str) -> None:
        self.batch.waits = why
        self.on_change()


class Batching:
    """One account's batch. The methods raise nothing: what goes wrong stands in the batch."""

    def __init__(
        self,
        access: Access,
        board: Board,
        errands: Errands,
        tell: Callable[[Change], None],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._access = access
        self._board = board
        self._errands = errands
        self._tell = tell
        self._spawn = spawn
        self._run: _Run | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._lately: deque[tuple[float, int]] = deque()

    def open(self, path: Path, elsewhere: Path) -> None:
        """Read a file and check it; its report goes beside it, or `elsewhere` if nothing can be written there."""
        self.close()
        self._run = _Run(Batch(path), self._access, elsewhere)
        self._run.on_change = self._tell_soon
        self._board.batch = self._run.batch
        self._spawn(self._check(self._run))

    def check(self) -> None:
        """Read the file again, as it is now."""
        if self._run is not None and not self._run.batch.works:
            self.open(self._run.batch.path, self._run.elsewhere)

    def send(self) -> None:
        """Invite everybody whose row has no fault, or go on with it."""
        if self._run is not None and self._run.batch.stage in {Stage.CHECKED, Stage.PAUSED}:
            self._run.batch.results.clear()
            self._run.batch.refused.clear()
            # At once: asked for twice in a moment, it must not begin twice.
            self._begins(self._run, Stage.SENDING)
            self._spawn(self._send(self._run))

    def pause(self) -> None:
        """Let what is under way end, and send nothing more."""
        if self._run is not None and self._run.batch.works:
            self._run.batch.pausing = True
            self._run.rest()
            self._tell_now()

    def online(self) -> None:
        """Go on: the server answers again."""
        if self._run is None:
            return
        self._run.wake()
        if self._run.batch.stage is Stage.FAILED and self._run.batch.code == "unreachable":
            self.check()

    def close(self) -> None:
        """Send nothing more."""
        if self._run is not None:
            self._run.drop()
            self._run = None
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    # --- checking ------------------------------------------------------------------------------------------------

    async def _check(self, run: _Run) -> None:
        self._begins(run, Stage.CHECKING)
        try:
            await self._errands.work(lambda _api: self._check_all(run))
        except _Paused:
            self._ends(run, Stage.FAILED)
        except Trouble as trouble:
            self._ends(run, Stage.FAILED, trouble)
        else:
            self._ends(run, Stage.CHECKED)

    def _check_all(self, run: _Run) -> None:
        batch = run.batch
        found = sheet.read(batch.path.read_bytes(), batch.path.name)
        run.post(self._read, run, len(found.rows))

        def advance(rows: int) -> None:
            run.post(self._advanced, run, rows)
            run.look_up()

        plan = planning.check(found, batch.name, run.persistence, advance)
        report = reports.report(found, batch.path, run.elsewhere)
        run.post(self._checked, run, found, plan, report)

    def _read(self, run: _Run, rows: int) -> None:
        run.batch.rows = rows
        self._tell_soon()

    def _checked(self, run: _Run, found: sheet.Sheet, plan: Plan, report: Report) -> None:
        batch = run.batch
        run.sheet, run.plan = found, plan
        batch.faults = [Fault(one.line, one.column, one.value, one.reason) for one in plan.faults]
        batch.channels, batch.repeated = plan.channels, plan.repeated
        batch.report, batch.settled = report.path, len(report.settled)

    # --- sending -------------------------------------------------------------------------------------------------

    async def _send(self, run: _Run) -> None:
        try:
            await self._errands.work(lambda _api: self._send_all(run))
        except _Paused:
            self._ends(run, Stage.PAUSED)
        except Trouble as trouble:
            self._ends(run, Stage.PAUSED, trouble)
        else:
            self._ends(run, Stage.DONE)

    def _send_all(self, run: _Run) -> None:
        assert run.plan is not None
        assert run.sheet is not None
        report = reports.report(run.sheet, run.batch.path, run.elsewhere)
        with report:
            run.post(self._reported, run, report.path, list(report.settled.values()))
            for part in sending.send(run.plan, run.persistence, settled=report.settled):
                report.write(part)
                run.post(self._reported, run, report.path, part)
                run.look_up()

    def _reported(self, run: _Run, path: Path, part: Sequence[ReportRow]) -> None:
        batch = run.batch
        batch.report = path
        for row in part:
            batch.results[row.result] += 1
            if row.invite_id:
                batch.invited[row.invite_id] = Invited(row.line, row.reference, row.invite_id)
            if row.result == "refused":
                batch.refused.append(reports.refusal(row))
        self._advanced(run, len(part))

    # --- how far it is -------------------------------------------------------------------------------------------

    def _begins(self, run: _Run, stage: Stage) -> None:
        batch = run.batch
        run.start()
        batch.stage, batch.steps, batch.rate, batch.pausing = stage, 0, 0.0, False
        batch.what = batch.remedy = batch.code = batch.waits = ""
        self._lately.clear()
        self._tell_now()

    def _ends(self, run: _Run, stage: Stage, trouble: Trouble | None = None) -> None:
        batch = run.batch
        batch.stage, batch.pausing, batch.waits = stage, False, ""
        if trouble is not None:
            batch.what, batch.remedy, batch.code = trouble.what, trouble.remedy, trouble.code
        if run is self._run:
            self._tell_now()

    def _advanced(self, run: _Run, rows: int) -> None:
        run.batch.steps += rows
        now = time.monotonic()
        self._lately.append((now, run.batch.steps))
        while now - self._lately[0][0] > LATELY:
            self._lately.popleft()
        began, steps = self._lately[0]
        run.batch.rate = (run.batch.steps - steps) / (now - began) if now > began else 0.0
        self._tell_soon()

    def _tell_soon(self) -> None:
        """Tell of it, but not part by part: each word of it is painted over somebody's ssh."""
        if self._telling is None and self._run is not None:
            self._telling = asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell_now)

    def _tell_now(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        self._tell(Change(Topic.BATCH))

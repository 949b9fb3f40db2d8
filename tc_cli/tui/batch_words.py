"""What is said of a batch: how the file is, how far it has come, how its messages fare."""

from pathlib import Path

from textual.content import Content

from tc_cli.output import words
from tc_cli.tui.batch import Batch, Fares, Stage
from tc_cli.tui.widgets.session_head import MUTED
from tc_cli.tui.words import _, n_

FULL, EMPTY = "━", "─"


def count(number: int) -> str:
    """Write a number so that its thousands can be read."""
    return f"{number:,}".replace(",", "\u202f")


def channel(name: str) -> str:
    return {
        "sms": _("by SMS"),
        "whatsapp": _("by WhatsApp"),
        "email": _("by email"),
        "link": _("by hand"),
    }.get(name, name)


def place(path: Path, width: int) -> str:
    """Return a path as people type it; of a long one its end, which has the file's name."""
    text, home = words.plain(str(path)), str(Path.home())
    text = "~" + text.removeprefix(home) if text.startswith(home + "/") else text
    return text if len(text) <= width else "…" + text[1 - width :]


def sign(batch: Batch) -> str:
    """Say in a word or two, for the top line, how far a batch is that isn't done; nothing of others."""
    if batch.works:
        return _("batch {percent} %").format(percent=batch.percent)
    return _("batch paused") if batch.stage is Stage.PAUSED else ""


def state(batch: Batch) -> tuple[str, str]:
    """Say in one line where it stands, and the colour of that."""
    if batch.pausing:
        return "◌ " + _("Pausing: what is under way comes to its end…"), "$warning"
    match batch.stage:
        case Stage.CHECKING:
            return "◌ " + _("Checking every row; nothing is sent…"), "$primary"
        case Stage.FAILED:
            return "✗ " + (batch.what or _("Not checked")), "$error"
        case Stage.CHECKED:
            return _checked(batch)
        case Stage.SENDING:
            return "▶ " + _("Inviting…"), "$primary"
        case Stage.PAUSED:
            return "‖ " + (batch.what or _("Paused")), "$warning"
    done = n_("{n} row done", "All {n} rows done", batch.rows).format(n=count(batch.rows))
    return ("✓ " + done, "$success") if not batch.refused else ("! " + done, "$warning")


def told(batch: Batch) -> str:
    """Say what that means, and what to do."""
    if batch.works and batch.waits:
        return _("The server can't be reached. It goes on by itself; nothing is lost, and nobody is invited twice.")
    match batch.stage:
        case Stage.FAILED:
            return (_stopped(batch.remedy) + " " + _("Nothing was sent; r reads the file again.")).strip()
        case Stage.CHECKED:
            return _next(batch)
        case Stage.PAUSED:
            reached = batch.results["invited"] + batch.results["repeated"]
            so_far = _("{n} of {rows} are invited.").format(n=count(reached), rows=count(batch.rows))
            safe = _("s goes on, now or after a restart with the same file; nobody is invited twice.")
            return " ".join(filter(None, (_stopped(batch.remedy), so_far, safe)))
    return ""


def counted(batch: Batch) -> str:
    """Count what would come of the rows, or has."""
    if batch.stage in {Stage.CHECKING, Stage.FAILED}:
        return ""
    if batch.stage is Stage.CHECKED:
        parts = [f"{count(rows)} {channel(name)}" for name, rows in batch.channels.most_common()]
        before, faulty = batch.repeated, batch.faulty
    else:
        parts = [_("{n} invited").format(n=count(batch.results["invited"]))]
        before, faulty = batch.results["repeated"], 0
    if before:
        parts.append(_("{n} invited before").format(n=count(before)))
    if faulty:
        parts.append(_("{n} with faults").format(n=count(faulty)))
    if batch.results["refused"]:
        parts.append(_("{n} refused").format(n=count(batch.results["refused"])))
    return " · ".join(parts)


def on_leaving(batch: Batch) -> str:
    """Say what leaving means while it is under way."""
    if batch.stage is Stage.CHECKING:
        return _("The file is being checked; nothing has been sent.")
    reached = batch.results["invited"] + batch.results["repeated"]
    told = _("{n} of {rows} are invited.").format(n=count(reached), rows=count(batch.rows))
    return told + " " + _("The same file goes on there whenever you choose it again; nobody is invited twice.")


def fares(found: Fares) -> Content:
    """Count how the messages fare."""
    said = {
        "unknown": (_("{n} not heard of yet"), MUTED, "?"),
        "queued": (_("{n} queued"), "$warning", "…"),
        "sent": (_("{n} sent"), "$success", "✓"),
        "folder": (_("{n} in a folder"), "$warning", "▤"),
        "delivered": (_("{n} delivered"), "$success", "✓✓"),
        "failed": (_("{n} failed"), "$error", "✗"),
        "withdrawn": (_("{n} taken back"), MUTED, "↩"),
        "by_hand": (_("{n} by hand"), MUTED, "⇢"),
    }
    parts = [
        Content.styled(f"{mark} {text.format(n=count(found.counts[what]))}", style)
        for what, (text, style, mark) in said.items()
        if found.counts[what]
    ]
    return Content.assemble(_("Messages:") + " ", Content(" · ").join(parts)) if parts else Content("")


def bar(batch: Batch, width: int) -> Content:
    """Draw how far it is: a bar, the share, the rate and what is left."""
    steps = f"{count(batch.steps)}/{count(batch.rows)}"
    parts = [f"{batch.percent} %", steps]
    if batch.works and not batch.waits:
        if batch.rate:
            parts.append(_("{n} a second").format(n=count(max(1, round(batch.rate)))))
        if batch.left is not None and batch.steps < batch.rows:
            parts.append(_("{span} left").format(span=words.span(max(1, batch.left))))
    elif batch.waits:
        parts.append(_("waits"))
    label = "  " + " · ".join(parts)
    room = max(10, min(30, width - len(label)))
    full = batch.steps * room // batch.rows if batch.rows else 0
    return Content.assemble((FULL * full, "$primary"), (EMPTY * (room - full), "$primary 30%"), label)


def _checked(batch: Batch) -> tuple[str, str]:
    if not batch.faults:
        return "✓ " + _("Ready: no faults"), "$success"
    faults = n_("{n} fault", "{n} faults", len(batch.faults)).format(n=count(len(batch.faults)))
    rows = n_("in {n} row", "in {n} rows", batch.faulty).format(n=count(batch.faulty))
    return f"✗ {faults} {rows}", "$error"


def _next(batch: Batch) -> str:
    if batch.faulty == batch.rows:
        return _("Nobody can be invited. Correct the file, then r reads it again.")
    if batch.faults:
        return _("Correct the file, then r reads it again; or w invites the others. Until then nothing is sent.")
    if batch.settled == batch.rows:
        return _("All of them are invited, as the report says; s shows how their messages fare.")
    if batch.settled or batch.repeated:
        return _("s goes on where it ended; nobody is invited twice.")
    return _("s invites them.")


def _stopped(sentence: str) -> str:
    return sentence if not sentence or sentence[-1] in ".!?…" else sentence + "."

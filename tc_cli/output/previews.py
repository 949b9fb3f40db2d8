"""How a preview looks: the exact text of each channel, and what it costs to send."""

from collections.abc import Sequence
from datetime import datetime

from tc_cli.output import emit, tables, words
from tc_cli.output.manner import Format, draws, manner
from tc_cli.output.tables import Column
from tc_cli.output.views import TEMPLATES, Template, both_times
from tc_server.wire.bodies import Preview

COSTS = {"free": "free", "per-message": "paid by the message", "per-segment": "paid by the segment"}

PREVIEW: tuple[Column[Preview], ...] = (
    Column("to", lambda p: p.to or ""),
    Column("by", lambda p: p.provider or ""),
    Column("language", lambda p: "" if p.reviewed else "unreviewed: no native speaker has read these texts yet"),
    Column("encoding", lambda p: p.encoding),
    Column("segments", lambda p: "" if p.segments is None else str(p.segments)),
    Column("cost", lambda p: COSTS[p.cost]),
    Column("subject", lambda p: words.as_sent(p.subject or "")),
    Column("why not", lambda p: p.detail or ""),
)


def show(previews: Sequence[Preview], at: datetime | None) -> None:
    """Show each channel's facts and, below them, its text as it would arrive; first of all the time that is planned."""
    if manner.format is not Format.TABLE:
        emit.listing(previews, PREVIEW, kind=Preview)
        return
    if at is not None:
        tables.write(f"planned for {both_times(at, previews[0].timezone)}\n")
    for number, preview in enumerate(previews):
        tables.draw_heading(f"{preview.channel} ({_turn(preview)})", space=number > 0)
        tables.draw_thing(preview, PREVIEW)
        tables.write(words.as_sent(preview.text))


def show_templates(templates: Sequence[Template]) -> None:
    """Show each template's name and, below it, its text as it is to be submitted."""
    if manner.format is not Format.TABLE:
        emit.listing(templates, TEMPLATES, kind=Template)
        return
    for number, template in enumerate(templates):
        tables.draw_heading(template.template, space=number > 0)
        # Whoever submits it from a file needs every sign.
        tables.write(words.as_sent(template.text) if draws() else template.text)


def _turn(preview: Preview) -> str:
    if preview.turn is None:
        return "for you to pass on" if preview.channel == "link" else "not used"
    return "this way" if preview.turn == 1 else f"if that fails, number {preview.turn}"

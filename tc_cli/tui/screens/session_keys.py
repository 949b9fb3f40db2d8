"""What can be done in a session: its keys, and which of them its state and the chosen entry allow."""

from textual.binding import Binding

from tc_cli.tui.board import LIVE
from tc_cli.tui.calls import ALLOWED
from tc_cli.tui.widgets.chat_log import Entry
from tc_cli.tui.words import _

# What each move needs the session to be.
MOVES = {
    "start": {"waiting"},
    "resume": {"open"},
    "reopen": {"closed"},
    "tell": {"waiting"},
    "terminate": LIVE,
}
WRITING = frozenset({"attach", "phrases", "add", "write"})
OF_CHOSEN = ("again", "take_back", "open")

# Letters work in the chat, function keys also while one writes.
KEYS = (
    Binding("s,f2", "start", _("Start"), id="session.start", tooltip=_("Begin the consultation")),
    Binding("s,f2", "resume", _("Resume"), id="session.resume", tooltip=_("Go on with the consultation")),
    Binding("u,s,f2", "reopen", _("Reopen"), id="session.reopen", tooltip=_("Open it again, until it is erased")),
    Binding(
        "t,f8", "terminate", _("Terminate"), id="session.terminate", tooltip=_("Close it, or end and keep it open")
    ),
    Binding("c,ctrl+l,f11", "call", _("Call"), id="session.call", tooltip=_("By audio or video, in a browser")),
    Binding(
        "c,h,ctrl+l,f11",
        "in_call",
        _("Hang up"),
        id="session.in-call",
        tooltip=_("End the call, or open its page"),
    ),
    Binding("m,f9", "tell", _("Minutes"), id="session.tell", tooltip=_("Tell them how long it takes")),
    Binding("f,f5", "attach", _("File"), id="session.attach", tooltip=_("Send photos or documents")),
    Binding("p,f4", "phrases", _("Phrases"), id="session.phrases", tooltip=_("Say it in their language")),
    Binding("slash,f3,ctrl+f", "search", _("Search"), id="session.search", tooltip=_("Find words in this chat")),
    Binding("a", "add", _("Add"), id="session.add", tooltip=_("Invite one more person")),
    Binding("r", "again", _("Try again"), id="session.again", tooltip=_("Send once more what was refused")),
    Binding("x", "take_back", _("Take back"), id="session.take-back", tooltip=_("Don't send what is chosen")),
    Binding("o", "open", _("Open file"), id="session.open", tooltip=_("Look at the chosen file")),
    Binding("d,f12", "details", _("People"), id="session.details", show=False, tooltip=_("Who is in it; files")),
    Binding("i,w", "write", _("Write"), id="session.write", show=False, tooltip=_("Go to the message you write")),
    Binding("escape,q", "back", _("Back"), key_display="esc", id="session.back", tooltip=_("Your draft is kept")),
)


def possible(action: str, state: str, chosen: Entry | None, *, calls: bool) -> bool | None:
    """Tell whether an action is offered; None shows it greyed out: a call, where the session wasn't started yet.

    `calls` says whether a call goes on.
    """
    if action in MOVES:
        return state in MOVES[action]
    if action in WRITING:
        return state in LIVE
    match action:
        case "call" if not calls:
            return True if state in ALLOWED else None if state == "waiting" else False
        case "call":
            return False
        case "in_call":
            return calls
        case "again":
            return chosen is not None and chosen.mark == "refused"
        case "take_back":
            return chosen is not None and chosen.mark in {"pending", "refused"}
        case "open":
            return chosen is not None and chosen.file is not None and bool(chosen.file.file_id)
    return True

"""The colours of a conversation, by the names of its parts."""

MARKS = ("pending", "sent", "delivered", "read", "refused")
PARTS = (
    "day", "unread", "fact", "name", "me", "time", "mine", "theirs", "mine-bar", "theirs-bar", "selected", "cursor",
    "file", "note", "hit", "hint", *(f"mark-{mark}" for mark in MARKS),
)  # fmt: skip

CSS = """
    ChatLog {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $panel;
        .chat-log--day, .chat-log--time { color: $text-muted; }
        .chat-log--fact { color: $text-muted; text-style: italic; }
        .chat-log--unread { color: $accent; text-style: bold; }
        .chat-log--name { color: $secondary; text-style: bold; }
        .chat-log--me { color: $primary; text-style: bold; }
        .chat-log--theirs { background: $panel; }
        .chat-log--mine { background: $primary 22%; }
        .chat-log--theirs-bar { color: $secondary; }
        .chat-log--mine-bar { color: $primary; }
        .chat-log--selected { background: $foreground 24%; }
        .chat-log--cursor { color: $accent; text-style: bold; }
        .chat-log--mark-pending, .chat-log--mark-sent, .chat-log--mark-delivered { color: $text-muted; }
        .chat-log--mark-read { color: $primary; text-style: bold; }
        .chat-log--mark-refused, .chat-log--note { color: $error; }
        .chat-log--file { text-style: underline; }
        .chat-log--hit { color: $background; background: $accent; text-style: bold; }
        .chat-log--hint { color: $background; background: $accent; text-style: bold; }
    }
    """

"""What is wrong with a row of a sheet, and where."""

from dataclasses import dataclass

COLUMNS = ("name", "phone", "email", "language", "via", "at", "timezone", "note", "kind", "reference")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the line on which it begins, the column, what stands there, and why it won't do."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= _SHOWN else f"{self.value[: _SHOWN - 1]}…"
        return f"line {self.line}, {self.column} {_quoted(shown)}: {self.reason}"

    @property
    def place(self) -> tuple[int, int]:
        """Return what puts faults in the order of the file."""
        return self.line, COLUMNS.index(self.column) if self.column in COLUMNS else len(COLUMNS)


def _quoted(value: str) -> str:
    return f'"{value}"' if value else "(empty)"

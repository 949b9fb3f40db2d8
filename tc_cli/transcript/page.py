"""The page as it is planned: A4, its columns and greys, and the marks that are put on it. Points from the top left."""

from dataclasses import dataclass, field

from tc_cli.transcript.setting import Line

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 56.0, WIDTH - 56.0, 60.0, HEIGHT - 66.0
FOOT = HEIGHT - 40.0

TIME_WIDTH = 40.0
WHO_LEFT, WHO_WIDTH = LEFT + TIME_WIDTH, 112.0
BAR_LEFT = WHO_LEFT + WHO_WIDTH + 10.0
TEXT_LEFT = BAR_LEFT + 12.0
TEXT_WIDTH = RIGHT - TEXT_LEFT

BLACK, DARK, GREY, PALE = 0.0, 0.25, 0.42, 0.8


@dataclass(frozen=True, slots=True)
class Words:
    """Place a line of text by its left end on the baseline."""

    x: float
    y: float
    line: Line
    grey: float


@dataclass(frozen=True, slots=True)
class Box:
    """Place a filled rectangle by its top left."""

    x: float
    y: float
    width: float
    height: float
    grey: float


@dataclass(slots=True)
class Page:
    """Collect the marks of one page."""

    words: list[Words] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def put(self, line: Line, x: float, y: float, grey: float, room: float | None = None) -> None:
        """Put a line at `x`, or flush right in `room` if it runs right to left."""
        if room is not None and line.rtl:
            x += room - line.width
        self.words.append(Words(x, y, line, grey))

    def rule(self, x: float, y: float, pen: float, grey: float) -> None:
        """Draw a line from `x` to the right edge."""
        self.boxes.append(Box(x, y, RIGHT - x, pen, grey))

    def bar(self, is_staff: bool, top: float, bottom: float) -> None:
        """Draw the bar beside a message: broad and dark for staff, else fine and pale."""
        width, grey = (2.5, DARK) if is_staff else (0.75, PALE)
        self.boxes.append(Box(BAR_LEFT, top, width, bottom - top, grey))

    def leaf(self, x: float, baseline: float) -> None:
        """Draw a sheet of paper, the sign of a file."""
        top, width, height, pen = baseline - 8.0, 7.0, 9.0, 0.75
        for box in (
            (x, top, width, pen),
            (x, top + height - pen, width, pen),
            (x, top, pen, height),
            (x + width - pen, top, pen, height),
            (x + 2, top + 3, width - 4, pen),
            (x + 2, top + 5.2, width - 4, pen),
        ):
            self.boxes.append(Box(*box, DARK))

"""A checkbox whose sign, not its colour alone, tells whether it is ticked."""

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """`[✓]` or `[ ]` before its label."""

    DEFAULT_CSS = """
    Tick, Tick:focus { border: none; padding: 0; background: transparent; }
    """

    def render(self) -> Content:
        label = Content.assemble("[✓]" if self.value else "[ ]", self.label.pad(1, 1))
        return label.stylize_before(self.get_visual_style("toggle--label"))

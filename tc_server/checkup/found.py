"""What a check has found."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what to do if it isn't well."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str = ""

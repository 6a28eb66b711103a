"""Why an event is not put on record."""

from __future__ import annotations

from typing import Any

from markcode.errors import LedgerError
from markcode.model import Elements, Finding

__all__ = ["EventRefused"]


class EventRefused(LedgerError):
    """An event cannot be recorded; ``field`` is the detail at fault, ``finding`` says why.

    >>> fault = EventRefused("date", "event.date", value="2999-01-01", reason="future")
    >>> fault.code, str(fault).partition(":")[0], fault.finding.message("es").partition(":")[0]
    ('event.date', '2999-01-01 is in the future', '2999-01-01 está en el futuro')
    """

    def __init__(self, field: str, code: str, /, **params: Any) -> None:
        self.field = field
        self.finding = Finding(code, "error", None, None, Elements(params))
        super().__init__(field, code)

    def __str__(self) -> str:
        return self.finding.message()

    @property
    def code(self) -> str:
        """The code of the finding."""
        return self.finding.code

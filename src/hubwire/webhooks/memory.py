"""What the thread that writes to a file keeps in memory. Nothing of it is the truth: that is on the disk."""

from __future__ import annotations

from hubwire.webhooks.fresh import Fresh
from hubwire.webhooks.loans import Loans


class Memory:
    """Of one open file."""

    def __init__(self) -> None:
        self.fresh = Fresh()
        self.loans = Loans()
        self.handlers: dict[str, int] = {}
        """Their numbers in the file."""
        self.newest = -1
        """No event that was lent occurred later."""
        self.unlearnt = 0
        """Requests until the records with pending events are looked up once more, if they are not known."""
        self.settled = 0
        """Events since the mark was last moved."""
        self.ahead = -1
        """Events with an outcome behind the mark, about; -1: not known."""

    def stored(self) -> None:
        """What was written is on the disk."""
        self.loans.stored()

    def undone(self) -> None:
        """What was written since is not."""
        self.fresh.clear()
        self.loans.undo()
        self.handlers.clear()
        self.newest = -1

"""How many rows go into one transaction: as many as others can be made to wait for."""

from __future__ import annotations

HOLD = 0.06  # seconds for which one transaction may keep others from writing
LEAST, MOST = 250, 2_000  # rows


class Pace:
    """Finds the number of rows that are written in `HOLD` seconds, on this machine as busy as it is now."""

    def __init__(self, rows: int, most: int = MOST) -> None:
        self.rows, self.most = min(rows, most), most
        self.least = min(LEAST, self.rows)

    def wrote(self, rows: int, seconds: float) -> None:
        """That many rows took so long. Goes half of the way, so that one hiccup changes little."""
        if seconds <= 0:
            return
        wanted = min(rows * HOLD / seconds, 2 * self.rows)
        self.rows = int(min(max((self.rows + wanted) / 2, self.least), self.most))

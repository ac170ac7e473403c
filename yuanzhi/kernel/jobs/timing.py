"""How long things may take, and when the next turn is. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

BACK_OFF = (5, 30, 120, 600, 1800, 3600)  # seconds before the second, third … attempt
ATTEMPTS = 5


@dataclass(frozen=True)
class Timing:
    """Seconds. A worker that dies is noticed, and its job is free again, within `lease`."""

    lease: float = 30.0
    poll: float = 0.5  # an idle worker looks for work this often

    @property
    def beat(self) -> float:
        """How often a worker renews its lease and looks for dead colleagues."""
        return max(0.05, min(self.lease / 8, 5.0))

    @property
    def held(self) -> dt.timedelta:
        """What one renewal grants: the lease less what others need to notice, and a beat to spare."""
        return dt.timedelta(seconds=max(self.lease / 2, self.lease - 3 * self.beat - self.poll))


def back_off(attempts: int) -> dt.timedelta:
    """The pause after a job failed `attempts` times."""
    return dt.timedelta(seconds=BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1])


def back_off_after_death(attempts: int) -> dt.timedelta:
    """The pause after a worker died over a job: none the first time (a power cut), then as usual."""
    return dt.timedelta(0) if attempts <= 1 else back_off(attempts - 1)


@dataclass(frozen=True)
class Rhythm:
    """When a periodic job is due: every `period`, or daily at `at` (wall clock of the time zone given)."""

    period: dt.timedelta
    at: dt.time | None = None

    def after(self, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
        """The first turn after `now`. Turns missed while nobody was running are not made up for."""
        if self.at is not None:
            local = now.astimezone(zone)
            due = local.replace(
                hour=self.at.hour, minute=self.at.minute, second=self.at.second, microsecond=0
            )
            return due if due > local else due + dt.timedelta(days=1)
        # Turns lie on a fixed grid, so they don't drift with the time it takes to notice them.
        passed = (now - _GRID) // self.period
        return _GRID + (passed + 1) * self.period


_GRID = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

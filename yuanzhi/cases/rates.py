"""三率: how many needs were answered in time, how many were solved, how many enterprises are satisfied. Pure.

Each is a share of a *cohort*: the cases raised in a period. What is left out is said, with its number.
Silence is silence: it counts neither as solved nor as satisfied. Staff can change none of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959964  # the normal quantile of a 95 % interval
FEW = 10  # fewer than this say little: shown as a fraction, not as a percentage to be compared


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson 1927), as fractions; None for none of none.

    Unlike the textbook interval it stays within 0 and 1 and is honest for few cases.
    """
    if of <= 0:
        return None
    share, z2 = hits / of, z * z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Rate:
    """One share with all that makes it honest. `excluded`: (why, how many) of the cohort left out."""

    code: str
    name: str
    numerator: int
    denominator: int
    excluded: tuple[tuple[str, int], ...]
    definition: str

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.numerator, self.denominator)

    @property
    def said(self) -> str:
        """ "96.2%", "7/8" where there are few, "—" where there is nothing to divide by."""
        if not self.denominator:
            return "—"
        if self.denominator < FEW:
            return f"{self.numerator}/{self.denominator}"
        return f"{self.numerator / self.denominator * 100:.1f}%"

    @property
    def said_interval(self) -> str:
        """ "91.0%–98.4%": where the share would lie for many more like these."""
        if (ends := self.interval) is None:
            return ""
        return f"{ends[0] * 100:.1f}%–{ends[1] * 100:.1f}%"


@dataclass(frozen=True)
class Cohort:
    """The cases raised in a period, counted.

    answered_in_time, answered_late: by the response promise. unanswered_late: nobody answered, and it is due.
    unanswered_yet: not due yet. confirmed: the enterprise says solved. silent: resolved, and no word. again:
    opened again by the enterprise and not confirmed. late: no result, and past the promise. yet: at work,
    within the promise. judged, pleased: with a last verdict, and of those 满意 or better.
    """

    raised: int = 0
    withdrawn: int = 0
    merged: int = 0
    declined: int = 0
    answered_in_time: int = 0
    answered_late: int = 0
    unanswered_late: int = 0
    unanswered_yet: int = 0
    confirmed: int = 0
    silent: int = 0
    again: int = 0
    late: int = 0
    yet: int = 0
    judged: int = 0
    pleased: int = 0

    def __add__(self, other: Cohort) -> Cohort:
        return Cohort(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def response_rate(c: Cohort) -> Rate:
    """响应率."""
    return Rate(
        "response", "响应率", c.answered_in_time, c.answered_in_time + c.answered_late + c.unanswered_late,
        (("企业撤回", c.withdrawn), ("并入另一件", c.merged), ("还没到响应时限", c.unanswered_yet)),
        "在承诺的响应时限内有人受理或答复的，占应当响应的。不予受理也算响应，没人理、过了时限的算没响应",
    )  # fmt: skip


def solution_rate(c: Cohort) -> Rate:
    """解决率."""
    return Rate(
        "solution", "解决率", c.confirmed, c.confirmed + c.silent + c.again + c.late,
        (("不予受理", c.declined), ("企业撤回", c.withdrawn), ("并入另一件", c.merged),
         ("还在承诺时限内办理", c.yet)),
        "企业自己说解决了的，占应当有结果的。办结后企业没有表态的、要求重办的、过了时限没结果的，都算没解决",
    )  # fmt: skip


def satisfaction_rate(c: Cohort) -> Rate:
    """满意率."""
    return Rate(
        "satisfaction", "满意率", c.pleased, c.judged,
        (("办结后企业没有表态", c.silent), ("还没有办结、不用表态", c.raised - c.judged - c.silent)),
        "最近一次评价是“满意”或“非常满意”的，占作了评价的企业。每一件办结的都请企业评价，工作人员不能挑、不能代填",
    )  # fmt: skip


def voice_rate(c: Cohort) -> Rate:
    """表态率: how far the other figures can be trusted."""
    return Rate(
        "voice", "表态率", c.judged, c.judged + c.silent, (),
        "办结后企业作了评价的，占请过评价的。沉默就是沉默，不算满意也不算不满意",
    )  # fmt: skip


def rates_of(c: Cohort) -> list[Rate]:
    """The three, and the share of enterprises that spoke."""
    return [response_rate(c), solution_rate(c), satisfaction_rate(c), voice_rate(c)]

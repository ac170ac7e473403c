"""1+3+N: one leader, three full-time members, part-timers as many as there are. Pure."""

from __future__ import annotations

LEADERS, MEMBERS, HELPERS = 1, 3, 1


def lacking(leaders: int, members: int, helpers: int) -> list[str]:
    """What a grid with so many people lacks: ["1 名网格长", "2 名专职网格员"]; empty when whole.

    N has no fixed number; a grid without any part-timer or park helper lacks one.
    """
    wanted = (
        ("网格长", LEADERS - leaders),
        ("专职网格员", MEMBERS - members),
        ("兼职网格员", HELPERS - helpers),
    )
    return [f"{count} 名{what}" for what, count in wanted if count > 0]


def say_lacking(grid: str, lacks: list[str]) -> str:
    """ "第 5 网格缺 1 名专职网格员"; empty when it lacks nobody."""
    return f"{grid}缺 {'、'.join(lacks)}" if lacks else ""


def load_ratio(enterprises: int, members: int, mean: float) -> float | None:
    """How heavily a grid's full-time members are loaded against the mean of all grids (1.0 is average).

    None where there is nobody to carry it, or nothing to carry anywhere.
    """
    if not members or not mean:
        return None
    return enterprises / members / mean

"""What a case's file says, as plain values. Pure: the writers beside it turn it into Word, PDF or a page."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A titled table: header and rows of text."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Passage:
    """A titled piece of text."""

    title: str
    text: str


@dataclass(frozen=True)
class CaseFile:
    """The file: heading, facts, passages, tables, what happened (oldest first), and whose copy it is."""

    community: str
    number: str
    title: str
    facts: tuple[tuple[str, str], ...]
    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]
    events: tuple[tuple[str, str, str, str], ...]  # when, who, what, words
    mark: str  # who took it, when and what for: on every page
    name: str = field(default="")  # of the file, without its ending


def mark_of(community: str, taker: str, when: str, reason: str) -> str:
    """The line that a copy carries."""
    return f"{community}・{taker}于 {when} 导出・用途：{reason}・仅供此用途，请勿转发"

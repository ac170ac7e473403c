"""What may become of an import: one table, no Django."""

from __future__ import annotations

from enum import StrEnum


class Move(StrEnum):
    MAP = "map"  # a person says which column is which
    CHECK = "check"  # dry run begins, or begins anew
    CHECKED = "checked"
    COMMIT = "commit"  # rows go in; after a failure it goes on where it stopped
    DONE = "done"
    FAIL = "fail"
    UNDO = "undo"
    UNDONE = "undone"


# move → (from which states, to which state). Names of the states are those of ImportBatch.State.
MOVES: dict[Move, tuple[frozenset[str], str]] = {
    Move.MAP: (frozenset({"uploaded", "checked", "failed"}), "uploaded"),
    Move.CHECK: (frozenset({"uploaded", "checked", "failed", "checking"}), "checking"),
    Move.CHECKED: (frozenset({"checking"}), "checked"),
    Move.COMMIT: (frozenset({"uploaded", "checked", "failed", "committing"}), "committing"),
    Move.DONE: (frozenset({"committing"}), "done"),
    Move.FAIL: (frozenset({"checking", "committing", "undoing"}), "failed"),
    Move.UNDO: (frozenset({"done", "failed", "undoing"}), "undoing"),
    Move.UNDONE: (frozenset({"undoing"}), "undone"),
}
RUNNING = frozenset({"checking", "committing", "undoing"})


def allowed(move: Move, state: str, begun: bool) -> bool:
    """Whether a batch in this state may make the move. `begun`: rows of it are in the product already.

    Once rows are in, the table can't be mapped or checked anew: it goes on, or is undone as a whole.
    """
    if state not in MOVES[move][0]:
        return False
    if move in (Move.MAP, Move.CHECK):
        return not begun
    if move is Move.UNDO:
        return begun
    return True

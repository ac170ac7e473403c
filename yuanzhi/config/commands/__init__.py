"""What the console commands do, by name."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from . import data, ops, people, serving

RUN: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "serve": serving.serve,
    "web": serving.web,
    "worker": serving.worker,
    "scheduler": serving.scheduler,
    "import": data.import_table,
    "undo-import": data.undo_import,
    "community": data.community,
    "demo": data.demo,
    "backup": ops.backup,
    "restore": ops.restore,
    "check": ops.check,
    "recover-factor": people.recover_factor,
    "permissions": ops.permissions,
    "manage": ops.manage,
}

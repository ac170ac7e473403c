"""Documentation that the tests check: commands, settings, permissions, pages of the guide."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_is_documented():
    from yuanzhi.__main__ import parser

    sub = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    text = (ROOT / "docs" / "guide" / "operator.md").read_text(encoding="utf-8")
    missing = [name for name in sub.choices if f"yuanzhi {name}" not in text]
    assert not missing, f"docs/guide/operator.md does not mention: {missing}"


def test_every_setting_is_documented():
    from yuanzhi.config.env import Env

    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [f.metadata["env"] for f in fields(Env) if f.metadata["env"] not in text]
    assert not missing, f"docs/settings.md does not mention: {missing}"


def test_permissions_page_is_current():
    from yuanzhi.accounts.permissions import render

    page = ROOT / "docs" / "permissions.md"
    assert page.read_text(encoding="utf-8") == render(), "run: yuanzhi permissions"


def test_every_app_has_its_readme():
    missing = [
        p.parent.name for p in (ROOT / "yuanzhi").glob("*/apps.py") if not (p.parent / "README.md").exists()
    ]
    assert not missing


def test_locks_name_no_registry():
    for name in ("requirements/run.txt", "requirements/dev.txt", "package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "registry." not in text
        assert "://files" not in text
        assert "pypi.org" not in text
        assert "index-url" not in text

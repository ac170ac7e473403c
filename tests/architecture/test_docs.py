"""Documentation that the tests check: commands, targets, settings, links, the two READMEs."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"node_modules", "build", "var", ".venv"}
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part in SKIPPED or part.startswith(".") for part in path.relative_to(ROOT).parts)
)
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    from yuanzhi.__main__ import parser

    sub = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(sub.choices)


def targets() -> set[str]:
    """What `make` can be asked for."""
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", text_of(ROOT / "Makefile"), re.MULTILINE))


# -- everything there is, is documented ----------------------------------------------------------------


def test_every_command_is_documented():
    text = text_of(ROOT / "docs" / "guide" / "operator.md")
    missing = [name for name in commands() if f"yuanzhi {name}" not in text]
    assert not missing, f"docs/guide/operator.md does not mention: {missing}"


def test_every_setting_is_documented():
    from yuanzhi.config.env import Env

    text = text_of(ROOT / "docs" / "settings.md")
    missing = [f.metadata["env"] for f in fields(Env) if f.metadata["env"] not in text]
    assert not missing, f"docs/settings.md does not mention: {missing}"


def test_every_app_says_what_it_is():
    missing = [
        app.parent.name
        for app in (ROOT / "yuanzhi").glob("*/apps.py")
        if not (app.parent / "README.md").is_file()
    ]
    assert not missing, f"no README.md in yuanzhi/: {missing}"


@pytest.mark.parametrize("folder", ["adr", "guide", "howto"])
def test_every_page_is_in_its_index(folder):
    index = text_of(ROOT / "docs" / folder / "README.md")
    pages = [page.name for page in (ROOT / "docs" / folder).glob("*.md") if page.name != "README.md"]
    missing = [page for page in pages if f"({page})" not in index]
    assert pages and not missing, f"docs/{folder}/README.md does not link to {missing}"


# -- everything that is documented, is there -----------------------------------------------------------

FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
# Words of a command line: in code only, so that "make sure" in a sentence is no target.
MAKE = re.compile(r"\bmake((?: +[a-z][a-z-]*)+)")
YUANZHI = re.compile(
    r"(?<![\w/=:.-])(?:\.venv/bin/|/srv/yuanzhi/\.venv/bin/|python -m )?yuanzhi +([a-z][a-z-]*)"
)
VARIABLE = re.compile(r"\bYUANZHI_[A-Z_]+\b")


def code_of(text: str) -> list[str]:
    """The pieces of a document that are set as code: blocks and words."""
    blocks = [match.group() for match in FENCED.finditer(text)]
    return blocks + CODE.findall(FENCED.sub("", text))


def links_of(text: str) -> list[str]:
    """Targets of links inside the project, without those in code."""
    plain = CODE.sub("", FENCED.sub("", text))
    return [to for to in LINK.findall(plain) if not re.match(r"[a-z]+:", to)]


def anchors_of(text: str) -> set[str]:
    """The anchors a document's headings give, as the usual viewers make them."""
    heads = re.findall(r"^#+ +(.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for link in links_of(text):
        file, _, anchor = unquote(link).partition("#")
        to = (path.parent / file).resolve() if file else path
        there = to.exists() and to.is_relative_to(ROOT)
        if not there or (anchor and to.suffix == ".md" and anchor not in anchors_of(text_of(to))):
            broken.append(link)
    return broken


def unknown(text: str) -> list[str]:
    """Targets, commands and settings in a document's code that don't exist."""
    from yuanzhi.config.env import Env

    code = "\n".join(code_of(text))
    made = {word for words in MAKE.findall(code) for word in words.split()}
    return [
        *(f"make {word}" for word in sorted(made - targets())),
        *(f"yuanzhi {word}" for word in sorted(set(YUANZHI.findall(code)) - set(commands()))),
        *sorted(set(VARIABLE.findall(text)) - {f.metadata["env"] for f in fields(Env)}),
    ]


@every_document
def test_links_lead_somewhere(path):
    broken = broken_links(path, text_of(path))
    assert not broken, f"{path.name} links to what is not there: {broken}"


@every_document
def test_commands_targets_and_settings_exist(path):
    found = unknown(text_of(path))
    assert not found, f"{path.name} mentions what is not there: {found}"


def test_the_checks_bite():
    assert broken_links(ROOT / "x.md", "[a](README.md) [b](docs/nowhere.md#x)") == ["docs/nowhere.md#x"]
    assert broken_links(ROOT / "x.md", "[a](README.md#no-such-heading)") == ["README.md#no-such-heading"]
    assert broken_links(ROOT / "x.md", "`[a](gone.md)` [web](https://example.org)") == []
    assert unknown("make sure; `make run`, `make tea`") == ["make tea"]
    assert unknown("```\n.venv/bin/yuanzhi serve\nyuanzhi brew\n```") == ["yuanzhi brew"]
    assert unknown("`YUANZHI_HOME` and `YUANZHI_TEA`") == ["YUANZHI_TEA"]


# -- the two READMEs say the same ----------------------------------------------------------------------


def shape(name: str) -> dict[str, list[str]]:
    """What must be equal in both languages: levels of headings, code blocks, where links lead."""
    text = text_of(ROOT / name)
    blocks = [re.sub(r"#.*", "", block.group()) for block in FENCED.finditer(text)]
    return {
        "headings": re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE),
        "blocks": [" ".join(block.split()) for block in blocks],
        "links": sorted(set(links_of(text)) - {"README.md", "README.zh-CN.md"}),
    }


@pytest.mark.parametrize("part", ["headings", "blocks", "links"])
def test_the_readmes_are_twins(part):
    assert shape("README.md")[part] == shape("README.zh-CN.md")[part]


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?][\u4e00-\u9fff]")


@every_document
def test_chinese_punctuation(path):
    plain = CODE.sub("", FENCED.sub("", text_of(path)))
    bad = [line.strip()[:60] for line in plain.splitlines() if HALF_WIDTH.search(line)]
    assert not bad, f"half-width punctuation between Chinese characters in {path.name}: {bad}"

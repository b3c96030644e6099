"""Copy exactly the front-end files the pages use from node_modules into the package's static folder.

`FILES` is the whole list: a file that isn't here isn't shipped. Icons come from `src/orderwell/web/icons.txt` as one
SVG sprite, so that a page loads the few dozen icons it uses and not a font of six thousand.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "src/orderwell/web/static/vendor"
ICONS = ROOT / "src/orderwell/web/icons.txt"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler-vendors.min.css": "tabler-vendors.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@tabler/core/dist/js/tabler-theme.min.js": "tabler-theme.min.js",
    "@tabler/icons/LICENSE": "icons.LICENSE.txt",
    "@zxing/library/umd/index.min.js": "zxing.min.js",
    "@zxing/library/LICENSE": "zxing.LICENSE.txt",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.min.css",
    "tom-select/LICENSE": "tom-select.LICENSE.txt",
}

FONTS = ROOT / "src/orderwell/platform/printing/fonts"
# What documents are set in: they are no part of a page, so they lie outside the static files.
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "NotoSansSC.LICENSE.txt",
}


def icon_names() -> list[str]:
    """The names in icons.txt, in order; `filled/star` is the filled form. Comments start with #."""
    lines = (line.split("#")[0].strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def symbol(name: str) -> str:
    """One icon as a <symbol>, its shapes as they are, its identifier the name with `/` as `-`."""
    style, _, plain = name.rpartition("/")
    path = MODULES / "@tabler/icons/icons" / (style or "outline") / f"{plain}.svg"
    if not path.is_file():
        raise SystemExit(f"{ICONS.relative_to(ROOT)}: no icon {name!r}; see https://tabler.io/icons for the names")
    text = path.read_text(encoding="utf-8")
    shapes = re.sub(r"\s+", " ", text[text.index(">") + 1 : text.rindex("</svg>")]).strip()
    shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/> ?', "", shapes)
    return f'<symbol id="{name.replace("/", "-")}" viewBox="0 0 24 24">{shapes}</symbol>'


def compress(folder: Path) -> None:
    """A .gz beside every larger text: WhiteNoise sends it to browsers that take it, at no cost per request."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".css", ".js", ".svg"}:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def main() -> int:
    staging = TARGET.with_name("vendor.new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for source, name in FILES.items():
        path = MODULES / source
        if not path.is_file():
            raise SystemExit(f"node_modules has no {source}; is the version in package.json another one?")
        if path.suffix in {".css", ".js"}:
            # The source maps aren't shipped, so nothing may point at them.
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"(?m)^(?://# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/)\s*$", "", text)
            (staging / name).write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(path, staging / name)
    sprite = "".join(symbol(name) for name in icon_names())
    (staging / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{sprite}</svg>\n', encoding="utf-8")
    for path in list(staging.iterdir()):
        if path.suffix in {".css", ".js", ".svg"}:
            # The server hands these out to browsers that take them: a sixth of the bytes.
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    compress(staging)
    copy_fonts()
    shutil.rmtree(TARGET, ignore_errors=True)
    staging.rename(TARGET)
    return 0


def copy_fonts() -> None:
    FONTS.mkdir(exist_ok=True)
    for source, name in FONT_FILES.items():
        shutil.copyfile(MODULES / source, FONTS / name)


if __name__ == "__main__":
    sys.exit(main())

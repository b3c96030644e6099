"""A file of at most 400 lines, a function of at most 60: what passes says why, in the code.

The reason is a comment `# budget: ...` on the first line of the file, or on the line of the `def`.
"""

from __future__ import annotations

import ast
import re

from tests.architecture.source import Source, sources

FILE_LINES = 400
FUNCTION_LINES = 60
REASON = re.compile(r"#\s*budget:\s*\S.{9,}")


def folders() -> tuple[Source, ...]:
    return sources("src", "tests", "scripts", "bench")


def too_long(source: Source) -> list[str]:
    found = []
    if len(source.lines) > FILE_LINES and not REASON.search("\n".join(source.lines[:1])):
        found.append(f"{source.name} has {len(source.lines)} lines")
    for node in source.functions():
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES and not REASON.search(source.lines[node.lineno - 1]):
            found.append(f"{source.name}:{node.lineno} {node.name} has {length} lines")
    return found


def test_files_and_functions_keep_their_budget() -> None:
    wrong = [problem for source in folders() for problem in too_long(source)]
    assert not wrong, f"budgets are {FILE_LINES} and {FUNCTION_LINES} lines:\n" + "\n".join(wrong)


def test_the_budget_is_really_measured(tmp_path_factory: object) -> None:
    body = "\n".join(["def long() -> None:", *["    pass"] * FUNCTION_LINES])
    source = next(iter(folders()))
    assert too_long(Source(source.path, body, ast.parse(body)))
    excused = body.replace("None:", "None:  # budget: one table, read top to bottom", 1)
    assert not too_long(Source(source.path, excused, ast.parse(excused)))
    long_file = "\n" * (FILE_LINES + 1)
    assert too_long(Source(source.path, long_file, ast.parse(long_file)))

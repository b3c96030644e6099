"""Rules of the house that a linter doesn't know."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import Source, sources

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")


def imported(source: Source) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def domain_sources() -> list[Source]:
    return [source for source in sources("src") if "/domains/" in source.name]


def service_sources() -> list[Source]:
    return [source for source in domain_sources() if "/services/" in source.name and source.path.stem != "__init__"]


def test_no_signals() -> None:
    """What follows from a fact is an event and a line in wiring.py, where it can be read."""
    wrong = [
        source.name
        for source in sources("src")
        if any(re.search(r"^django\.(dispatch|.*signals)", name) for name in imported(source))
        # The connection's own signal is the only way to set a connection up; it says nothing about data.
        and "platform/database" not in source.name
    ]
    assert not wrong, "signals are imported in " + ", ".join(wrong)


def test_services_know_no_request() -> None:
    wrong = [
        f"{source.name} imports {name}"
        for source in domain_sources()
        for name in imported(source)
        if name.startswith(("django.http", "django.shortcuts", "django.urls", "django.forms", "django.template"))
    ]
    assert not wrong, "\n".join(wrong)


def arguments(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.args, *node.args.kwonlyargs]


def acts(node: ast.FunctionDef) -> bool:
    """It takes an actor; what runs as a job gets one as JSON and is called by the worker only."""
    return any(item.annotation and ast.unparse(item.annotation) == "Actor" for item in arguments(node))


def test_use_cases_take_keywords() -> None:
    """A call reads as a sentence: `ship(order_id=..., lines=..., actor=actor, now=now)`; one leading subject is allowed."""
    wrong = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in service_sources()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if len(node.args.args) > 1 and acts(node)
    ]
    assert not wrong, "keyword-only arguments, please (after at most one):\n" + "\n".join(wrong)


def test_domains_don_t_read_the_clock() -> None:
    """Services get `now`; whatever reads the clock by itself can't be tested and gives one change two times."""
    call = re.compile(r"\b(timezone\.now|datetime\.now|utc_now|date\.today|datetime\.utcnow)\(")
    wrong = [
        f"{source.name}:{number}"
        for source in domain_sources()
        if "/services/" in source.name
        for number, line in enumerate(source.lines, 1)
        if call.search(line)
    ]
    assert not wrong, "these read the clock: " + ", ".join(wrong)


def test_nothing_is_left_unfinished() -> None:
    wrong = [
        f"{source.name}:{number} {line.strip()}"
        for source in sources("src", "scripts")
        for number, line in enumerate(source.lines, 1)
        if UNFINISHED.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_test_is_skipped_without_a_reason() -> None:
    wrong = []
    for source in sources("tests"):
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Attribute) or node.attr not in {"skip", "skipif", "xfail", "importorskip"}:
                continue
            line = source.lines[node.lineno - 1]
            call = "\n".join(source.lines[node.lineno - 1 : node.lineno + 5])
            reasoned = "reason=" in call or re.search(r"pytest\.skip\(\s*f?[\"']\S", call)
            if ast.unparse(node).startswith(("pytest.", "mark.")) and not reasoned:
                wrong.append(f"{source.name}:{node.lineno} {line.strip()}")
    assert not wrong, "skipped without a reason:\n" + "\n".join(wrong)


def test_no_test_is_empty() -> None:
    """A test that checks nothing can't fail: it needs an assert, a `raises`, or a helper that has one."""
    wrong = []
    for source in sources("tests"):
        for node in source.functions():
            if not node.name.startswith("test_"):
                continue
            body = [item for item in node.body if not isinstance(item, ast.Pass | ast.Expr) or not _is_text(item)]
            checks = any(isinstance(item, ast.Assert | ast.Call | ast.Raise) for item in ast.walk(node))
            if not body or not checks:
                wrong.append(f"{source.name}:{node.lineno} {node.name}")
    assert not wrong, "tests that can't fail:\n" + "\n".join(wrong)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def test_requests_are_not_wrapped_in_a_transaction() -> None:
    """A use case opens its own transaction, as short as it can be; a whole request is never one."""
    from django.conf import settings

    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")

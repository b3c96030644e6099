"""Every kind of document that can be printed. Domains and plugins declare theirs; screens and the API list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Content, Say
from orderwell.platform.printing.errors import UnknownDocumentKind

# (ids, actor, say) -> contents in the order of the ids. Raises NotFound for what the actor may not see.
Load = Callable[[Sequence[int], Actor, Say], Sequence[Content]]


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, wide (takes the room that is left) or number (set to the right)."""

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`title` and the titles of columns are English texts and translation keys. `source` names what the ids are of."""

    code: str
    title: str
    source: str
    permission: Permission
    columns: Mapping[str, Column]
    load: Load
    layout: str = "standard"
    paper: str = "a4"
    # Columns that are shown unless a template says otherwise; empty: all.
    shown: Sequence[str] = ()
    # Set once and stored, each as a file of its own.
    issued: bool = False
    # How many lines the documents with these ids have together: what setting them takes.
    lines: Callable[[Sequence[int]], int] = lambda ids: 0
    # Only the stored file is ever handed out: no copy without personal data, which would tell of another day.
    only_issued: bool = False


_kinds: dict[str, DocumentKind] = {}


def declare_kind(kind: DocumentKind) -> None:
    _kinds[kind.code] = kind


def kinds() -> list[DocumentKind]:
    return list(_kinds.values())


def kinds_of(source: str) -> list[DocumentKind]:
    """What can be printed of an "order", a "shipment", an "invoice" ..."""
    return [kind for kind in _kinds.values() if kind.source == source]


def kind_of(code: str) -> DocumentKind:
    if code not in _kinds:
        raise UnknownDocumentKind(value=code[:40], expected=", ".join(_kinds))
    return _kinds[code]

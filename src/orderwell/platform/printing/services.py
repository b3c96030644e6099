"""Printing documents, and changing how they look."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_noop as _
from pypdf import PdfWriter

from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Block, Content, Say, Sum
from orderwell.platform.printing.engine import typeset
from orderwell.platform.printing.errors import TemplateBroken, TooManyDocuments, UnusableLogo
from orderwell.platform.printing.events import PrintingEvent
from orderwell.platform.printing.kinds import DocumentKind, kind_of, kinds
from orderwell.platform.printing.looks import check
from orderwell.platform.printing.models import IssuedDocument, Logo, PrintTemplate, PrintTemplateVersion
from orderwell.platform.printing.setting import Design, design_for, language_for, set_documents

MOST_AT_ONCE = 500
MOST_LOGO_BYTES = 500_000


def print_documents(*, kind: str, ids: Sequence[int], actor: Actor, now: datetime, language: str = "") -> bytes:
    """One PDF of all documents, in the order of `ids`. `language` "" means each customer's own.

    Raises PermissionDenied, UnknownDocumentKind, NotFound, TooManyDocuments, TemplateBroken, TemplateTooSlow.
    """
    parts = [part for part, _count in parts_of(kind_for(kind, ids, actor), ids, actor, language, now)]
    return parts[0] if len(parts) == 1 else joined(parts)


def kind_for(kind: str, ids: Sequence[int], actor: Actor) -> DocumentKind:
    """The kind, if the actor may print so many of it."""
    found = kind_of(kind)
    actor.require(found.permission)
    if found.only_issued:
        actor.require(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    if len(ids) > MOST_AT_ONCE:
        raise TooManyDocuments(count=len(ids), limit=MOST_AT_ONCE)
    return found


def parts_of(
    kind: DocumentKind, ids: Sequence[int], actor: Actor, language: str, now: datetime, *, most: int = MOST_AT_ONCE
) -> Iterator[tuple[bytes, int]]:
    """PDFs that together are the documents, each with how many it has; `most` of them are set in one go."""
    waiting: list[Content] = []
    design: Design | None = None
    # Who may not see personal data gets a copy without it, which is not the issued one.
    issues = actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    for content, needed in _designed(kind, ids, actor, language):
        issued = issues and bool(content.subject)
        if waiting and (issued or needed != design or len(waiting) >= most):
            yield set_documents(kind, waiting, design), len(waiting)
            waiting = []
        if issued:
            yield _issue(kind, content, needed, actor, now), 1
        else:
            waiting.append(content)
            design = needed
    if waiting:
        yield set_documents(kind, waiting, design), len(waiting)


def _designed(kind: DocumentKind, ids: Sequence[int], actor: Actor, language: str) -> list[tuple[Content, Design]]:
    """Each document in its language, with the design that fits its channel and language."""
    first = kind.load(ids, actor, Say(language or "zh-hans", bilingual=False))
    wanted = [(language_for(language, content.language), content.channel) for content in first]
    designs = {key: design_for(kind, channel=key[1], language=key[0]) for key in set(wanted)}
    loaded: dict[Design, dict[int, Content]] = {}
    for design in designs.values():
        mine = [pk for pk, key in zip(ids, wanted, strict=True) if designs[key] == design]
        say = Say(design.language, bilingual=design.look.bilingual)
        loaded[design] = dict(zip(mine, kind.load(mine, actor, say), strict=True))
    return [(loaded[designs[key]][pk], designs[key]) for pk, key in zip(ids, wanted, strict=True)]


def _issue(kind: DocumentKind, content: Content, design: Design, actor: Actor, now: datetime) -> bytes:
    """The stored file of an issued document; set and stored at the first call."""
    known = IssuedDocument.objects.filter(subject=content.subject).first()
    if known is not None:
        with known.file.open("rb") as file:
            return bytes(file.read())
    made = set_documents(kind, [content], design)
    digest = hashlib.sha256(made).hexdigest()
    with atomic():
        row, fresh = IssuedDocument.objects.get_or_create(
            subject=content.subject,
            defaults={"size": len(made), "sha256": digest, "created_at": now, "created_by": actor.label[:120]},
        )
        if fresh:
            row.file.save(f"{content.subject.replace(':', '-')}-{digest[:12]}.pdf", ContentFile(made), save=True)
            data = {"number": content.number, "sha256": digest}
            stream = content.extra.get("stream") or content.subject
            record(Fact(PrintingEvent.DOCUMENT_ISSUED, stream, content.subject, data), actor=actor, now=now)
    if fresh:
        return made
    with row.file.open("rb") as file:  # somebody else was faster: theirs is the document
        return bytes(file.read())


def joined(parts: Sequence[bytes]) -> bytes:
    """Several PDFs as one."""
    writer = PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def preview(
    *, kind: str, document_id: int | None, options: Mapping[str, Any], markup: str, language: str, actor: Actor
) -> list[bytes]:
    """The pages of a real document, or of one without lines, as PNG, with a look that is not saved."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    found = kind_of(kind)
    actor.require(found.permission)
    check(found, options, markup)
    design = _design_of(found, document_id, language, options, markup, actor)
    say = Say(design.language, bilingual=design.look.bilingual)
    if document_id is None:
        contents: Sequence[Content] = [Content(title=say(found.title), number="—")]
    else:
        contents = found.load([document_id], actor, say)
    return set_pages(found, contents, design)


def _design_of(
    kind: DocumentKind,
    document_id: int | None,
    language: str,
    options: Mapping[str, Any],
    markup: str,
    actor: Actor,
) -> Design:
    """A look that is not saved; without a language of its own it speaks that of the document's customer, as in print."""
    customers = ""
    if document_id is not None and not language:
        customers = kind.load([document_id], actor, Say(language_for("", ""), bilingual=False))[0].language
    return design_for(kind, language=language_for(language, customers), options=options, markup=markup)


def set_pages(kind: DocumentKind, contents: Sequence[Content], design: Design) -> list[bytes]:
    return typeset(design.template, design.data(kind, contents), logo=design.logo, output="png")


@find_if_taken
def save_template(
    *,
    kind: str,
    channel: str = "",
    language: str = "",
    options: Mapping[str, Any],
    markup: str,
    version: int | None,
    actor: Actor,
    now: datetime,
    sample: int | None = None,
) -> PrintTemplate:
    """Save a look. Raises StaleVersion.

    It is tried first, with the document `sample` or one made up: one that cannot be set is refused with the line.
    """
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    found = kind_of(kind)
    check(found, options, markup)
    design = _design_of(found, sample, language, options, markup, actor)
    say = Say(design.language, bilingual=design.look.bilingual)
    set_documents(found, [made_up(found, say)] if sample is None else found.load([sample], actor, say), design)
    with atomic():
        row = _locked(kind, channel, language)
        if row is not None and version is not None and row.version != version:
            raise StaleVersion(kind=_("template"), current=row.version, given=version)
        row = row or PrintTemplate(kind=kind, channel=channel, language=language, version=0)
        row.options, row.markup = dict(options), markup
        row.version += 1
        row.updated_at, row.updated_by = now, actor.label[:120]
        row.save()
        PrintTemplateVersion.objects.create(
            template=row,
            version=row.version,
            options=row.options,
            markup=markup,
            saved_at=now,
            saved_by=row.updated_by,
        )
        subject = f"template:{row.pk}"
        data = {"kind": found.title, "version": row.version}
        record(Fact(PrintingEvent.TEMPLATE_SAVED, subject, subject, data), actor=actor, now=now)
    return row


def made_up(kind: DocumentKind, say: Say) -> Content:
    """A document with one of everything that all of its kind may have, so that a template is tried in every part."""
    block, word = Block(say(kind.title), ["1"]), say(kind.title)
    rows = [{name: "1" if column.kind == "number" else word for name, column in kind.columns.items()}]
    return Content(
        title=word,
        number="1",
        recipient=block,
        ship_to=block,
        facts=[(word, "1")],
        rows=rows,
        sums=[Sum(word, "1"), Sum(word, "1", strong=True)],
        notes=[word],
        signatures=[word],
    )


def restore_version(*, template_id: int, version: int, actor: Actor, now: datetime) -> PrintTemplate:
    """Make an earlier version the newest one."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    old = (
        PrintTemplateVersion.objects.select_related("template").filter(template_id=template_id, version=version).first()
    )
    if old is None:
        raise NotFound(kind=_("template"), reference=f"{template_id}/{version}")
    row = old.template
    return save_template(
        kind=row.kind,
        channel=row.channel,
        language=row.language,
        options=old.options,
        markup=old.markup,
        version=None,
        actor=actor,
        now=now,
    )


def reset_template(*, template_id: int, actor: Actor, now: datetime) -> None:
    """Back to the built-in look. The versions go with it."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    with atomic():
        row = PrintTemplate.objects.select_for_update().filter(pk=template_id).first()
        if row is None:
            raise NotFound(kind=_("template"), reference=str(template_id))
        subject = f"template:{row.pk}"
        data = {"kind": kind_of(row.kind).title}
        record(Fact(PrintingEvent.TEMPLATE_RESET, subject, subject, data), actor=actor, now=now)
        row.delete()


def save_logo(*, content: bytes, actor: Actor, now: datetime) -> None:
    """Take in the picture for letterheads; empty content removes it. Raises UnusableLogo."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    if content:
        _require_usable(content)
    with atomic():
        Logo.objects.all().delete()
        if content:
            Logo.objects.create(content=content, uploaded_at=now, uploaded_by=actor.label[:120])
        record(Fact(PrintingEvent.LOGO_CHANGED, "printing:logo", "printing:logo", {}), actor=actor, now=now)


def _require_usable(content: bytes) -> None:
    """A picture is usable when a document with it can be set: nothing else knows what Typst can read."""
    picture = content.startswith((b"\x89PNG", b"\xff\xd8\xff")) or b"<svg" in content[:2000]
    if len(content) > MOST_LOGO_BYTES or not picture:
        raise UnusableLogo(limit=MOST_LOGO_BYTES // 1000, pointer="/logo")
    kind = next(kind for kind in kinds() if kind.layout == "standard")
    try:
        design = design_for(kind, language="zh-hans", logo=content)
        set_documents(kind, [Content(title="", number="1")], design)
    except TemplateBroken:
        raise UnusableLogo(limit=MOST_LOGO_BYTES // 1000, pointer="/logo") from None


def _locked(kind: str, channel: str, language: str) -> PrintTemplate | None:
    return PrintTemplate.objects.select_for_update().filter(kind=kind, channel=channel, language=language).first()

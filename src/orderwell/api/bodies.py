"""Request bodies: JSON for django-ninja's shapes, JSON as a struct of a domain, rows of a bulk call, uploads.

Structs are decoded by msgspec straight from the bytes: strict, and exact where a float would have lost digits.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from orderwell.api.decoding import all_misfits, ambiguities, decode, decode_any, decode_shape, malformed, require_json
from orderwell.api.errors import RepeatedField, TooManyRows, WrongType
from orderwell.kernel.errors import Code, ErrorDetail, Phrase, Refusal
from orderwell.platform.accounts.actor import Actor

MOST_ROWS = 500


class ApiRequest(HttpRequest):
    """A request whose caller is known and whose body is read, in one of the ways below."""

    actor: Actor
    json: Any
    draft: Any
    rows: list[Any]


class Body(ABC):
    """How a body is read."""

    @abstractmethod
    def read(self, request: ApiRequest) -> bytes:
        """Put what was sent on the request; the bytes that make the request what it is."""

    def description(self) -> dict[str, Any]:
        """For openapi.json, where django-ninja cannot derive it."""
        return {}


class Json(Body):
    """For a shape of django-ninja, or no body at all."""

    def read(self, request: ApiRequest) -> bytes:
        if request.body:
            require_json(request.META.get("CONTENT_TYPE", ""))
            request.json = decode_any(request.body)
        return request.body


class Upload(Body):
    """multipart/form-data. A client that repeats it draws a new boundary, so names and contents are what counts."""

    def read(self, request: ApiRequest) -> bytes:
        parts = [f"{name}={value}" for name, values in request.POST.lists() for value in values]
        for name, file in request.FILES.items():
            assert isinstance(file, UploadedFile)  # noqa: S101  the last of its name, never a list
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            parts.append(f"{name}={file.name}:{digest.hexdigest()}")
        return "\n".join(sorted(parts)).encode()


class Draft(Body):
    """One struct: `request.draft`. An `optional` body may be left out and is then the struct as it begins."""

    known: dict[str, type] = {}

    def __init__(self, kind: type, *, optional: bool = False) -> None:
        self.kind, self.optional = kind, optional
        self.known[kind.__name__] = kind

    def read(self, request: ApiRequest) -> bytes:
        if self.optional and not request.body:
            request.draft = self.kind()
            return request.body
        require_json(request.META.get("CONTENT_TYPE", ""))
        request.draft = decode(request.body, decoder(self.kind))
        return request.body

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/components/schemas/{self.kind.__name__}"}

    def description(self) -> dict[str, Any]:
        content = {"application/json": {"schema": self.schema()}}
        return {"requestBody": {"required": not self.optional, "content": content}}


class Rows(Draft):
    """`{"<name>": [struct, ...]}`: `request.rows` holds, for each row, the struct or what is wrong with it."""

    def __init__(self, name: str, kind: type) -> None:
        super().__init__(kind)
        self.name = name
        self.decoder = msgspec.json.Decoder(
            msgspec.defstruct("Rows", [(name, list[msgspec.Raw])], forbid_unknown_fields=True)
        )

    def read(self, request: ApiRequest) -> bytes:
        require_json(request.META.get("CONTENT_TYPE", ""))
        raw = getattr(decode_shape(request.body, self.decoder), self.name)
        if request.body.count(b":") > 1 + sum(bytes(row).count(b":") for row in raw):
            raise RepeatedField(field=Code(self.name), pointer=f"/{self.name}")
        if not raw:
            raise Refusal(
                [
                    WrongType(
                        reason=Phrase("expected {expected}", expected=Phrase("at least one row")),
                        pointer=f"/{self.name}",
                    ).detail()
                ]
            )
        if len(raw) > MOST_ROWS:
            raise TooManyRows(count=len(raw), limit=MOST_ROWS, pointer=f"/{self.name}")
        request.rows = [self._row(row) for row in raw]
        return request.body

    def _row(self, row: msgspec.Raw) -> Any:
        try:
            return tuple(ambiguities(row, self.kind)) or decoder(self.kind).decode(row)
        except msgspec.ValidationError as error:
            return tuple(all_misfits(row, str(error), self.kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return (malformed(error).detail(),)

    def schema(self) -> dict[str, Any]:
        rows = {"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": super().schema()}
        return {
            "type": "object",
            "required": [self.name],
            "additionalProperties": False,
            "properties": {self.name: rows},
        }


@cache
def decoder(kind: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def good(rows: Sequence[Any]) -> dict[int, Any]:
    """The rows that could be decoded, by their place."""
    return {index: row for index, row in enumerate(rows) if not isinstance(row, tuple)}


def bad(rows: Sequence[Any]) -> dict[int, tuple[ErrorDetail, ...]]:
    return {index: row for index, row in enumerate(rows) if isinstance(row, tuple)}


def without(kind: type[msgspec.Struct], *names: str, title: str) -> type[msgspec.Struct]:
    """The struct `kind` less some fields: those that an address or a header says instead."""
    fields = [field for field in msgspec.structs.fields(kind) if field.name not in names]
    return msgspec.defstruct(
        title,
        [
            (field.name, field.type)
            if field.required
            else (
                field.name,
                field.type,
                field.default
                if field.default is not msgspec.NODEFAULT
                else msgspec.field(default_factory=field.default_factory),
            )
            for field in fields
        ],
        kw_only=True,
        forbid_unknown_fields=True,
        frozen=True,
    )


def values(draft: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__struct_fields__}

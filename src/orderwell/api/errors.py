"""Refusals that only exist because somebody speaks HTTP to us."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class NoSuchResource(DomainError):
    code = "no_such_resource"
    message = "There is nothing at {path}. Every address is listed in /api/v1/openapi.json."


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    message = "{method} is not possible here; use {allowed}."


class NotAuthenticated(DomainError):
    code = "not_authenticated"
    message = "Send an API key in the header Authorization, as: Bearer ow_..."


class MalformedRequest(DomainError):
    code = "malformed_request"
    message = "The request cannot be read: {reason}."


class MalformedJson(DomainError):
    code = "malformed_json"
    message = "The body is not JSON in UTF-8: {reason}."


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"
    message = "A body of type {given} is not understood here; send {expected}."


class BodyTooLarge(DomainError):
    code = "body_too_large"
    message = "The body is larger than {limit} bytes."


class InvalidIdempotencyKey(DomainError):
    code = "invalid_idempotency_key"
    message = "An Idempotency-Key has 1 to 255 printable ASCII characters, and a request has one."


class PreconditionRequired(DomainError):
    code = "precondition_required"
    message = "Say which version you change: send the ETag that you were given as If-Match (or * for any)."


class InvalidPrecondition(DomainError):
    code = "invalid_precondition"
    message = '{given} is no version; If-Match is the ETag of an earlier answer, such as "3", or *.'


class InternalError(DomainError):
    code = "internal_error"
    message = "A defect of the program, noted in the log as {incident}. Nothing was changed."


class UnknownField(DomainError):
    code = "unknown_field"
    message = "There is no field {field} here; expected {expected}."


class RepeatedField(DomainError):
    code = "repeated_field"
    message = "The field {field} stands here more than once; give it once."


class UnknownParameter(DomainError):
    code = "unknown_parameter"
    message = "There is no parameter {name} here; known are: {expected}."


class UnknownId(DomainError):
    code = "unknown_id"
    message = "There is no {kind} with the id {value}."


class MissingField(DomainError):
    code = "missing_field"
    message = "The field {field} is missing."


class WrongType(DomainError):
    code = "wrong_type"
    message = "Wrong kind of value: {reason}."


class TooManyRows(DomainError):
    code = "too_many_rows"
    message = "{count} rows are more than the {limit} that one call takes. Split them into several calls."


class NotInBatch(DomainError):
    code = "not_in_batch"
    message = "{path} can't be called inside a batch; orders have /orders/bulk."

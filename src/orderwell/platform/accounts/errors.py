"""Refusals around users and keys."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import DomainError


class UsernameTaken(DomainError):
    code = "username_taken"
    message = "There is already a user {username}."


class TeamNameTaken(DomainError):
    code = "team_name_taken"
    message = "There is already a team {name}."


class RoleCodeTaken(DomainError):
    code = "role_code_taken"
    message = "There is already a role {role}."


class LastAdministrator(DomainError):
    """Otherwise nobody could let anybody in again."""

    code = "last_administrator"
    message = "After this nobody could manage users any more; give somebody else that permission first."


class AdministratorFixed(DomainError):
    code = "administrator_fixed"
    message = "The role of administrators always has every permission, so that somebody can repair the others."


class WeakPassword(DomainError):
    code = "password_too_weak"
    message = "This password is not good enough: {reasons}"


class UnknownUser(DomainError):
    code = "unknown_user"
    message = _("There is no user {value}; there are: {expected}.")


class UnknownScope(DomainError):
    code = "unknown_scope"
    message = "{scope} names no permission; use *, a group such as orders:*, or one permission such as {example}."


class ExceedsOwnPermissions(DomainError):
    code = "exceeds_own_permissions"
    message = "Nobody can give away permissions they don't have themselves: {permissions}."


class ExceedsOwnRows(DomainError):
    code = "exceeds_own_rows"
    message = "Nobody can let others see rows they don't see themselves: {kind} {value}."


class OutsideOwnRows(DomainError):
    code = "outside_own_rows"
    message = "You see only some channels, warehouses or teams; what lies outside of them you can't make or change."


class AboveOwnPermissions(DomainError):
    code = "above_own_permissions"
    message = (
        "{username} may do things that you may not ({permissions}); only somebody who may do them too can change this "
        "account."
    )


class InvalidApiKey(DomainError):
    code = "invalid_api_key"
    message = "This API key does not exist."


class ApiKeyRevoked(DomainError):
    code = "api_key_revoked"
    message = "The API key {name} was revoked."


class ApiKeyExpired(DomainError):
    code = "api_key_expired"
    message = "The API key {name} expired on {expired_at}."


class SignInFailed(DomainError):
    code = "sign_in_failed"
    message = "User name and password do not belong together."


class SignInThrottled(DomainError):
    code = "sign_in_throttled"
    message = "Too many failed attempts. Try again in {minutes} minutes."


class OwnAccount(DomainError):
    code = "own_account"
    message = _("You cannot close your own account.")

"""What happens to users, roles and keys."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class AccountEvent(EventName):
    USER_CREATED = "accounts.user.created"
    USER_CHANGED = "accounts.user.changed"
    PASSWORD_SET = "accounts.user.password-set"  # noqa: S105  the name of an event
    SIGNED_IN = "accounts.user.signed-in"
    ROLE_CHANGED = "accounts.role.changed"
    ROLE_CREATED = "accounts.role.created"
    TEAM_CREATED = "accounts.team.created"
    TEAM_RENAMED = "accounts.team.renamed"
    KEY_CREATED = "accounts.api-key.created"
    KEY_REVOKED = "accounts.api-key.revoked"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.USER_CREATED: _("User {username} was created."),
            cls.USER_CHANGED: _("User {username} was changed."),
            cls.PASSWORD_SET: _("The password of {username} was set."),
            cls.SIGNED_IN: _("{username} signed in."),
            cls.ROLE_CHANGED: _("The permissions of role {role} were changed."),
            cls.ROLE_CREATED: _("Role {role} was created."),
            cls.TEAM_CREATED: _("Team {name} was created."),
            cls.TEAM_RENAMED: _("Team {before} is now called {name}."),
            cls.KEY_CREATED: _("API key {name} was created."),
            cls.KEY_REVOKED: _("API key {name} was revoked."),
        }

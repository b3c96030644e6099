"""What can happen to a customer's record."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class CustomerEvent(EventName):
    CREATED = "customers.customer.created"
    CHANGED = "customers.customer.changed"
    ARCHIVED = "customers.customer.archived"
    RESTORED = "customers.customer.restored"
    CONSENT_GIVEN = "customers.consent.given"
    CONSENT_WITHDRAWN = "customers.consent.withdrawn"
    NOTE_ADDED = "customers.note.added"
    NOTE_CHANGED = "customers.note.changed"
    NOTE_REMOVED = "customers.note.removed"
    NOTE_RESTORED = "customers.note.restored"
    NOTE_PINNED = "customers.note.pinned"
    NOTE_UNPINNED = "customers.note.unpinned"
    RELATED = "customers.relation.made"
    UNRELATED = "customers.relation.ended"
    MERGED = "customers.customer.merged"
    UNMERGED = "customers.customer.unmerged"
    FILE_ADDED = "customers.file.added"
    NOT_DUPLICATE = "customers.duplicate.rejected"
    PERHAPS_DUPLICATE = "customers.duplicate.reopened"
    GROUP_CREATED = "customers.group.created"
    GROUP_CHANGED = "customers.group.changed"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.CREATED: _("Customer {number} created"),
            cls.CHANGED: _("Customer {number} changed"),
            cls.ARCHIVED: _("Customer {number} archived"),
            cls.RESTORED: _("Customer {number} restored"),
            cls.CONSENT_GIVEN: _("Consent to {purpose} by {medium} given ({origin})"),
            cls.CONSENT_WITHDRAWN: _("Consent to {purpose} by {medium} withdrawn ({origin})"),
            cls.NOTE_ADDED: _("Note added"),
            cls.NOTE_CHANGED: _("Note changed"),
            cls.NOTE_REMOVED: _("Note taken away"),
            cls.NOTE_RESTORED: _("Note put back"),
            cls.NOTE_PINNED: _("Note pinned"),
            cls.NOTE_UNPINNED: _("Note unpinned"),
            cls.RELATED: _("{relation}: {other}"),
            cls.UNRELATED: _("No longer {relation}: {other}"),
            cls.MERGED: _("Customer {merged} merged into {survivor}"),
            cls.UNMERGED: _("Merge of {merged} into {survivor} undone"),
            cls.FILE_ADDED: _("File {name} attached"),
            cls.NOT_DUPLICATE: _("Found not to be a duplicate of {other}"),
            cls.PERHAPS_DUPLICATE: _("Perhaps a duplicate of {other} after all"),
            cls.GROUP_CREATED: _("Customer group {code} created"),
            cls.GROUP_CHANGED: _("Customer group {code} changed"),
        }

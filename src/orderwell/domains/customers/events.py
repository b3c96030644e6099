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
            cls.GROUP_CREATED: _("Customer group {code} created"),
            cls.GROUP_CHANGED: _("Customer group {code} changed"),
        }

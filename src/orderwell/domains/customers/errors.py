"""Refusals about customers."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class UnknownCustomer(DomainError):
    code = "unknown_customer"
    message = "There is no active customer {value}; expected a number from the list of customers, such as C00001."


class UnknownCustomerGroup(DomainError):
    code = "unknown_customer_group"
    message = "There is no customer group {value}; there are: {expected}."


class UnknownTag(DomainError):
    code = "unknown_tag"
    message = "There is no tag {value}; there are: {expected}."


class UnknownOwner(DomainError):
    code = "unknown_owner"
    message = "There is no active user {value} who could look after this customer."


class UnknownTeam(DomainError):
    code = "unknown_team"
    message = "There is no team {value} that you may give a customer to; expected {expected}."


class CustomerOfAnotherTeam(DomainError):
    code = "customer_of_another_team"
    message = "The customer {number} belongs to another team."


class TwoCustomersMeant(DomainError):
    code = "two_customers_meant"
    message = "The number {number} and the external id {external_id} belong to two different customers."


class CustomerExists(DomainError):
    code = "customer_exists"
    message = "The customer {number} exists already: {name}."


class ExternalIdTaken(DomainError):
    code = "external_id_taken"
    message = "The external id {external_id} belongs to the customer {number}."


class UnusablePhone(DomainError):
    code = "unusable_phone"
    message = "This is no phone number; expected 3 to 20 digits, such as 138 0013 8000 or +44 20 7946 0000."


class UnusableEmail(DomainError):
    code = "unusable_email"
    message = "This is no e-mail address; expected one such as name@example.com."


class PersonalDataHidden(DomainError):
    """Who sees only stars must not write over what the stars stand for."""

    code = "personal_data_hidden"
    message = "You may not see the contacts and addresses of {number}, so you cannot replace them."


class RelatedToItself(DomainError):
    code = "related_to_itself"
    message = "A customer cannot belong to itself; name another one."


class AlreadyRelated(DomainError):
    code = "already_related"
    message = "{number} belongs to {other} already; take that away first."


class RelationCircle(DomainError):
    code = "relation_circle"
    message = "{other} belongs to {number} itself, directly or through others."


class NotYourNote(DomainError):
    code = "not_your_note"
    message = "This note is by {author}; only its author changes it."


class MergedIntoItself(DomainError):
    code = "merged_into_itself"
    message = "A customer cannot be merged into itself; name another one."


class AlreadyMerged(DomainError):
    code = "already_merged"
    message = "{number} was merged into another customer already."


class MergeFinal(DomainError):
    code = "merge_final"
    message = "This merge cannot be undone any more: {reason}."

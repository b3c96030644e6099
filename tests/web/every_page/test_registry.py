"""Every address of the program has an example page; a new one without it fails here."""

from __future__ import annotations

from orderwell.testing import pages


def test_every_address_has_an_example(whole_company: None, db: None) -> None:
    found, missing = pages.every_page("admin")
    assert not missing, "\n".join(missing)
    kinds = {kind: sum(page.kind == kind for page in found) for kind in ("page", "dialog", "part", "data")}
    assert kinds["page"] > 70 and kinds["dialog"] > 60, kinds
    assert {page.who for page in found} == {pages.STAFF, pages.CUSTOMER, pages.NOBODY}


def test_an_address_with_an_unknown_parameter_is_missed() -> None:
    import pytest

    with pytest.raises(pages.NoExample, match="nothing is known of parcel_id"):
        list(pages.addresses_of("parcel", "/parcels/<int:parcel_id>/"))


def test_addresses_that_are_left_out_still_exist() -> None:
    names = {name for name, _pattern in pages.patterns()}
    assert set(pages.ELSEWHERE) | set(pages.EXAMPLES) | set(pages.QUERIES) | set(pages.LOOKS) <= names

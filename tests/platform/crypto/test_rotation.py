"""Rotation over the real tables of customers and orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from orderwell.domains.customers.models import Contact, Customer
from orderwell.kernel.clock import utc_now
from orderwell.platform.crypto import KeyRingError
from orderwell.platform.crypto.inventory import encrypted_columns, traces_of_encryption
from orderwell.platform.crypto.keyring import key_ring, new_ring, refresh, ring_path, write_ring
from orderwell.platform.crypto.models import KeyProof
from orderwell.platform.crypto.proofs import check_proofs, write_proofs
from orderwell.platform.crypto.rotation import keys_in_use, prune, rotate, rows_to_rotate
from orderwell.platform.events.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_ring(tmp_path, settings, monkeypatch, now) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr("orderwell.platform.crypto.keyring._loaded", None)
    write_ring(new_ring(now))


@pytest.fixture
def contacts(now) -> list[Contact]:
    customer = Customer.objects.create(number="C1", kind="person", name="李伟", created_at=now, updated_at=now)
    return [
        Contact.objects.create(customer=customer, name=str(index), phone=f"1380013800{index}", email="")
        for index in range(7)
    ]


def raw_phones() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT phone FROM {Contact._meta.db_table} ORDER BY id")
        return [bytes(phone) for (phone,) in cursor.fetchall()]


def phones() -> list[str]:
    return list(Contact.objects.order_by("id").values_list("phone", flat=True))


def test_the_columns_of_personal_data_are_known() -> None:
    aads = {field.aad for _, fields in encrypted_columns() for field in fields}
    assert {
        "customers.contact.phone",
        "customers.contact.email",
        "customers.address.street",
        "orders.order.ship_to",
    } <= aads
    assert len(aads) == sum(len(fields) for _, fields in encrypted_columns())


def test_every_value_gets_the_new_key_and_stays_the_same(contacts, admin, now, monkeypatch) -> None:
    monkeypatch.setattr("orderwell.platform.crypto.rotation.ROWS_AT_ONCE", 3)
    before, seen = key_ring().primary, []
    done = rotate(actor=admin, now=now, settle_seconds=0, progress=seen.append)
    assert (done.values, sum(seen)) == (7, rows_to_rotate())
    assert phones() == [f"1380013800{index}" for index in range(7)]
    assert {phone[:4].hex() for phone in raw_phones()} == {done.primary}
    assert done.primary != before
    assert before in refresh().keys
    assert not refresh().rotating
    assert Event.objects.get(name="crypto.key-ring.rotated").data["values"] == 7


def test_an_interrupted_rotation_goes_on_with_the_same_key(contacts, admin, now, monkeypatch) -> None:
    monkeypatch.setattr("orderwell.platform.crypto.rotation.ROWS_AT_ONCE", 2)

    def stop_after_four(rows: int) -> None:
        if len({phone[:4] for phone in raw_phones()}) == 2 and raw_phones()[3][:4] == key_ring().primary_id:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(actor=admin, now=now, settle_seconds=0, progress=stop_after_four)
    assert refresh().rotating
    halfway = refresh().primary
    assert phones()[0] == "13800138000"
    done = rotate(actor=admin, now=now, settle_seconds=0)
    assert (done.primary, done.values) == (halfway, 3)
    assert keys_in_use() == {halfway}


def test_a_value_changed_during_the_rotation_is_not_overwritten(contacts, admin, now, monkeypatch) -> None:
    from orderwell.platform.crypto import rotation

    real = rotation.decrypt

    def change_meanwhile(sealed, aad):
        Contact.objects.filter(pk=contacts[0].pk).update(phone="13900139000")
        return real(sealed, aad)

    monkeypatch.setattr(rotation, "decrypt", change_meanwhile)
    rotate(actor=admin, now=now, settle_seconds=0)
    assert phones()[0] == "13900139000"


def test_old_keys_go_when_nothing_needs_them(contacts, admin, now) -> None:
    old = key_ring().primary
    done = rotate(actor=admin, now=now, settle_seconds=0)
    assert prune(actor=admin, now=now + HOUR - timedelta(seconds=1)) == []
    assert prune(actor=admin, now=now + HOUR) == [old]
    assert set(refresh().keys) == {done.primary}
    assert check_proofs() == 1
    assert phones()[6] == "13800138006"


def test_a_key_that_is_still_needed_stays(contacts, admin, now) -> None:
    old = key_ring().primary
    sealed = raw_phones()[0]
    rotate(actor=admin, now=now, settle_seconds=0)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Contact._meta.db_table} SET phone = %s WHERE id = %s", [sealed, contacts[0].pk])
    assert prune(actor=admin, now=now + HOUR) == []
    assert old in refresh().keys


def test_a_missing_ring_is_not_replaced_while_the_database_holds_sealed_values(contacts) -> None:
    assert traces_of_encryption() == "contact: phone"
    ring_path().unlink()
    with pytest.raises(KeyRingError, match="is missing"):
        refresh()
    assert not ring_path().exists()


def test_a_missing_ring_is_not_replaced_while_the_database_knows_its_keys(now) -> None:
    write_proofs(now=now)
    ring_path().unlink()
    with pytest.raises(KeyRingError, match="is missing"):
        refresh()


def test_an_empty_database_gets_a_new_ring(now) -> None:
    ring_path().unlink()
    assert refresh().primary in refresh().keys


def test_proofs_tell_the_right_ring_from_others(now) -> None:
    assert write_proofs(now=now) == 1
    assert write_proofs(now=now) == 0
    right = ring_path().read_text()
    write_ring(new_ring(utc_now()))
    with pytest.raises(KeyRingError, match="not in this key ring"):
        check_proofs()
    with pytest.raises(KeyRingError):
        write_proofs(now=now)
    ring_path().write_text(right.replace(right.split('"index_key": "')[1][:10], "AAAAAAAAAA"))
    refresh()
    with pytest.raises(KeyRingError, match="index key"):
        check_proofs()
    assert KeyProof.objects.count() == 1

from __future__ import annotations

from datetime import timedelta

import pytest

from orderwell.platform.accounts.errors import SignInFailed, SignInThrottled
from orderwell.platform.accounts.models import SignInFailure
from orderwell.platform.accounts.services.sign_in import (
    MOST_BY_ADDRESS,
    MOST_BY_BOTH,
    MOST_BY_USERNAME,
    WINDOW,
    forget_old_failures,
    sign_in,
)
from orderwell.platform.accounts.services.users import change_user, create_user
from orderwell.platform.events.models import Event

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def user(admin, now):
    return create_user(username="li.wei", password=PASSWORD, actor=admin, now=now)


def attempt(now, password="wrong", username="li.wei", address="10.0.0.1"):
    return sign_in(username=username, password=password, address=address, now=now)


def test_the_right_password_signs_in_and_is_recorded(user, now) -> None:
    assert attempt(now, PASSWORD, username=" Li.Wei ") == user
    assert Event.objects.order_by("id").last().name == "accounts.user.signed-in"


@pytest.mark.parametrize("username", ["li.wei", "nobody", "", "x" * 500, "li.wei\x00x"])
def test_a_wrong_pair_is_refused_in_the_same_words(username, now) -> None:
    with pytest.raises(SignInFailed) as refused:
        attempt(now, username=username)
    assert refused.value.data == {}
    assert SignInFailure.objects.count() == 1


def test_an_inactive_user_does_not_get_in(admin, now) -> None:
    change_user(username="li.wei", is_active=False, actor=admin, now=now)
    with pytest.raises(SignInFailed):
        attempt(now, PASSWORD)


def test_five_failures_close_the_door_even_to_the_right_password_until_the_window_has_passed(now) -> None:
    for _ in range(MOST_BY_BOTH):
        with pytest.raises(SignInFailed):
            attempt(now)
    with pytest.raises(SignInThrottled):
        attempt(now, PASSWORD)
    assert attempt(now, PASSWORD, address="10.0.0.2")  # elsewhere the owner still gets in
    assert attempt(now + WINDOW, PASSWORD)


def test_success_forgives_the_failures_before_it(now) -> None:
    for _ in range(MOST_BY_BOTH - 1):
        with pytest.raises(SignInFailed):
            attempt(now)
    attempt(now, PASSWORD)
    assert not SignInFailure.objects.exists()


def test_an_address_that_tries_many_names_is_stopped(now) -> None:
    for number in range(MOST_BY_ADDRESS):
        SignInFailure.objects.create(username=f"u{number}", address="10.0.0.9", failed_at=now)
    with pytest.raises(SignInThrottled):
        attempt(now, PASSWORD, address="10.0.0.9")


def test_a_name_tried_from_many_addresses_is_stopped(now) -> None:
    for number in range(MOST_BY_USERNAME):
        SignInFailure.objects.create(username="li.wei", address=f"10.1.0.{number}", failed_at=now)
    with pytest.raises(SignInThrottled):
        attempt(now, PASSWORD)


def test_old_failures_are_forgotten(now) -> None:
    SignInFailure.objects.create(username="a", address="b", failed_at=now)
    assert forget_old_failures(now=now + WINDOW) == 0
    assert forget_old_failures(now=now + WINDOW + timedelta(seconds=1)) == 1

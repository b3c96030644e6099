"""Signing in with user name and password, slowed down for those who guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import SignInFailed, SignInThrottled
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import SignInFailure, User
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record

WINDOW = timedelta(minutes=15)
# One person at one place mistypes; a user name tried from many places or an address that tries many names is guessing.
# The limit of a user name alone is high, or anybody could lock anybody out.
MOST_BY_BOTH = 5
MOST_BY_ADDRESS = 30
MOST_BY_USERNAME = 60


def sign_in(*, username: str, password: str, address: str, now: datetime) -> User:
    """The user whose name and password these are. Every failure takes the same time and says the same."""
    username = username.replace("\0", "").strip().lower()[:80]
    check_throttle(username=username, address=address, now=now)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        make_password(password)  # as slow as checking one
    if user is None or not user.check_password(password):
        SignInFailure.objects.create(username=username, address=address, failed_at=now)
        raise SignInFailed
    actor = Actor(kind="user", id=user.pk, label=str(user), source="web", address=address)
    with atomic():
        SignInFailure.objects.filter(username=username, address=address).delete()
        subject = f"user:{user.pk}"
        record(Fact(AccountEvent.SIGNED_IN, subject, subject, {"username": username}), actor=actor, now=now)
    return user


def check_throttle(*, username: str, address: str, now: datetime) -> None:
    """Raises SignInThrottled while there are too many recent failures."""
    same_name, same_place = Q(username=username), Q(address=address)
    counts = SignInFailure.objects.filter(same_name | same_place, failed_at__gt=now - WINDOW).aggregate(
        both=Count("pk", filter=same_name & same_place),
        username=Count("pk", filter=same_name),
        address=Count("pk", filter=same_place),
    )
    if counts["both"] >= MOST_BY_BOTH or counts["username"] >= MOST_BY_USERNAME or counts["address"] >= MOST_BY_ADDRESS:
        raise SignInThrottled(minutes=int(WINDOW.total_seconds() // 60))


def forget_old_failures(*, now: datetime) -> int:
    """Delete failures that no longer slow anybody down; the number deleted."""
    return SignInFailure.objects.filter(failed_at__lt=now - WINDOW).delete()[0]

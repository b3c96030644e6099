"""One company with rows on every page, made once for the tests of this folder and rolled back after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

ORDERS = 250


@pytest.fixture(scope="package")
def whole_company(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    from django.apps import apps
    from django.db import connection

    from orderwell.kernel.clock import utc_now
    from orderwell.testing.kept import kept_rows
    from orderwell.testing.whole_company import fill

    with kept_rows(django_db_blocker):
        fill(orders=ORDERS, now=utc_now())
        # Never committed, so the database would not count these rows by itself, and would plan as if there were none.
        # Not everything: PostgreSQL would hold what all databases share until the end, and others who test would wait.
        with connection.cursor() as cursor:
            for model in apps.get_models():
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
        yield


@pytest.fixture
def as_role(whole_company: None, db: None) -> Callable[..., Client]:
    """A signed-in client of somebody with one role, or with these permissions alone."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.accounts.services.roles import create_role
    from orderwell.platform.accounts.services.users import create_user

    def sign_in(role: str = "", *, permissions: tuple[str, ...] = (), language: str = "en") -> Client:
        actor, now = system_actor(), utc_now()
        if not role:
            role = "just-this"
            create_role(code=role, title=role, scopes=permissions, actor=actor, now=now)
        user = create_user(username=f"visitor-{role}", password="x" * 20, roles=[role], actor=actor, now=now)
        client = Client(headers={"accept-language": language, "host": "127.0.0.1"})
        client.force_login(user)
        return client

    return sign_in

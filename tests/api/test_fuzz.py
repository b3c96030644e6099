"""schemathesis reads the description and tries what it can think of: no defect, and every answer is as described."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from orderwell.api.openapi import document
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Hold, Order
from orderwell.wsgi import application
from tests.api.callers import Caller, place_in_the_callers_thread
from tests.api.examples import World
from tests.api.shop import draft

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TRIES = int(os.environ.get("ORDERWELL_FUZZ_TRIES", "10"))
MODES = list(schemathesis.GenerationMode)

schema = schemathesis.openapi.from_dict(document())
schema.app = application
OPERATIONS = {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


Ids = dict[str, list[Any]]


@pytest.fixture(scope="module")
def kept_ids(kept_world: World) -> Ids:
    """Ids that exist, by the name of the path parameter: made-up ones would only ever meet a 404."""
    shop, owner = kept_world.shop, kept_world.owner
    with pytest.MonkeyPatch.context() as patch:
        place_in_the_callers_thread(patch)
        for _ in range(2):
            owner.post("/orders", draft())
        owner.post(f"/orders/{Order.objects.latest('id').pk}/holds", {"kind": "other", "reason": "look"})
        owner.post("/quotes", draft())
    return {
        "order_id": list(Order.objects.values_list("id", flat=True)),
        "hold_id": list(Hold.objects.values_list("id", flat=True)),
        "customer_id": list(Customer.objects.values_list("id", flat=True)),
        "product_id": [shop.cup.product_id, shop.pot.product_id],
        "key": ["orders.number_template"],
        "code": ["viewer"],
    }


@pytest.fixture
def owner(world: World) -> Caller:
    return world.owner


@pytest.fixture
def known(kept_ids: Ids, db: None) -> Iterator[Ids]:
    # A request through WSGI would close the connection that holds the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield kept_ids
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_are_as_described(label: str, owner: Caller, known: Ids) -> None:
    operation = OPERATIONS[label]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES))

    @settings(
        max_examples=TRIES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, choice=st.integers(0, 5))
    def run(case: schemathesis.Case, choice: int) -> None:
        for name, ids in known.items():
            if name in case.path_parameters and choice < len(ids):
                case.path_parameters[name] = ids[choice]
        case.headers.pop("Authorization", None)
        if choice % 2:  # what is wrong with a header hides what is wrong with a body
            case.headers = {"If-Match": "*"}
        response = case.call(headers={"Authorization": f"Bearer {owner.key}"})
        case.validate_response(response, checks=CHECKS)

    run()

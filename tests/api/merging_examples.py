"""Requests about customers who may be one, and about files of customers."""

from __future__ import annotations

from tests.api.examples import Example, Request, World, file_field, new_customer, simple

TEAM = "team"


def told_apart(world: World) -> Request:
    one, other = new_customer(world), new_customer(world)
    world.created(f"/customers/{one}/not-duplicates", {"other_id": other})
    return Request(f"/customers/{one}/not-duplicates/{other}")


def merged(world: World) -> Request:
    one = new_customer(world)
    made = world.created(f"/customers/{one}/merge", {"merged_id": new_customer(world)})
    return Request(f"/customers/{one}/merges/{made['id']}/undo")


def kept_file(world: World) -> str:
    customer = new_customer(world)
    made = world.owner.upload(f"/customers/{customer}/files", file_field()).json()
    return f"/customers/{customer}/files/{made['id']}"


# Routes that need more than the permission that they are listed under.
ALSO: dict[tuple[str, str], tuple[str, ...]] = dict.fromkeys(
    [
        ("POST", "/customers/{customer_id}/merge/preview"),
        ("POST", "/customers/{customer_id}/merge"),
        ("POST", "/customers/{customer_id}/merges/{merge_id}/undo"),
    ],
    ("orders:order:change", "customers:personal-data:view"),
) | dict.fromkeys(
    [
        ("GET", "/customers/{customer_id}/statement"),
        ("GET", "/customers/{customer_id}/statements"),
        ("POST", "/customers/{customer_id}/statements"),
    ],
    ("customers:customer:view",),
)


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/lists/{name}/totals"): simple("/lists/orders/totals?filter=channel:web"),
    ("GET", "/customers/duplicates"): simple("/customers/duplicates"),
    ("GET", "/customers/not-duplicates"): simple("/customers/not-duplicates"),
    ("POST", "/customers/{customer_id}/not-duplicates"): Example(
        lambda w: Request(f"/customers/{new_customer(w)}/not-duplicates", {"other_id": w.shop.customer.pk}), TEAM
    ),
    ("DELETE", "/customers/{customer_id}/not-duplicates/{other_id}"): Example(told_apart, TEAM),
    ("POST", "/customers/{customer_id}/merge/preview"): Example(
        lambda w: Request(f"/customers/{new_customer(w)}/merge/preview", {"merged_id": new_customer(w)}), TEAM
    ),
    ("POST", "/customers/{customer_id}/merge"): Example(
        lambda w: Request(f"/customers/{new_customer(w)}/merge", {"merged_id": new_customer(w)}), TEAM
    ),
    ("GET", "/customers/{customer_id}/merges"): Example(
        lambda w: Request(f"/customers/{new_customer(w)}/merges"), TEAM
    ),
    ("POST", "/customers/{customer_id}/merges/{merge_id}/undo"): Example(merged, TEAM),
    ("GET", "/customers/{customer_id}/files"): Example(lambda w: Request(f"/customers/{new_customer(w)}/files"), TEAM),
    ("POST", "/customers/{customer_id}/files"): Example(
        lambda w: Request(f"/customers/{new_customer(w)}/files", fields=file_field), TEAM
    ),
    ("GET", "/customers/{customer_id}/files/{file_id}"): Example(lambda w: Request(kept_file(w)), TEAM),
}

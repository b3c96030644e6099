"""orderwell search: the index behind the search boxes."""

from __future__ import annotations

from orderwell.cli.frame import Answer, command, group, say

group("search", "The index behind the search boxes.")


@command("search rebuild")
def rebuild() -> Answer:
    """Make search keys and search index of all products and customers anew; others wait for seconds meanwhile."""
    from orderwell.domains.catalog.services.renew_search import renew_variant_search
    from orderwell.domains.customers.services.renew_search import renew_customer_search
    from orderwell.platform.installation import require_ready

    require_ready()
    variants = renew_variant_search()
    say(f"Variants done, {variants} had to be written anew.")
    customers = renew_customer_search()
    return Answer(
        {"variants": variants, "customers": customers}, f"Customers done, {customers} had to be written anew."
    )

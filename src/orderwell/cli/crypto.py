"""orderwell keys: the key ring that personal data is encrypted with."""

from __future__ import annotations

from orderwell.cli.frame import Answer, command, group, table

group("keys", "The key ring that personal data is encrypted with.")


@command("keys list")
def list_keys() -> Answer:
    """The keys of the ring: which is used for new values, when each was made and replaced. Secrets are not shown."""
    from orderwell.platform.crypto.keyring import refresh

    ring = refresh()
    rows = [
        {"id": key_id, "primary": key_id == ring.primary, "created_at": key.created_at, "replaced_at": key.replaced_at}
        for key_id, key in ring.keys.items()
    ]
    return Answer({"keys": rows}, table(rows, ["id", "primary", "created_at", "replaced_at"]))

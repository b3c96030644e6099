"""orderwell keys: the key ring that personal data is encrypted with."""

from __future__ import annotations

from dataclasses import asdict

from orderwell.cli.frame import Answer, Progress, command, group, operator, table

group("keys", "The key ring that personal data is encrypted with.")


@command("keys list")
def list_keys() -> Answer:
    """The keys of the ring: which is used for new values, when each was made and replaced. Secrets are not shown."""
    from orderwell.platform.crypto.keyring import refresh
    from orderwell.platform.crypto.rotation import keys_in_use

    ring, used = refresh(), keys_in_use()
    columns = ["id", "primary", "in_use", "created_at", "replaced_at"]
    rows = [
        {
            "id": key_id,
            "primary": key_id == ring.primary,
            "in_use": key_id in used,
            "created_at": key.created_at,
            "replaced_at": key.replaced_at,
        }
        for key_id, key in ring.keys.items()
    ]
    return Answer({"keys": rows, "rotating": ring.rotating}, table(rows, columns))


@command("keys rotate")
def rotate() -> Answer:
    """Encrypt all personal data with a new key, while work goes on. Run again, it continues where it was interrupted."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.crypto import rotation

    bar = Progress("Encrypting anew", rotation.rows_to_rotate())
    done = rotation.rotate(actor=operator(), now=utc_now(), progress=bar.advance)
    bar.finish()
    text = f"New key {done.primary}: {done.values} values in {done.rows} rows. Back up keys/ring.json now."
    return Answer(asdict(done), text)


@command("keys prune")
def prune() -> Answer:
    """Remove keys replaced over an hour ago that nothing is encrypted with. Older backups need their own key ring."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.crypto import rotation

    removed = rotation.prune(actor=operator(), now=utc_now())
    return Answer({"removed": removed}, f"{len(removed)} keys removed.")

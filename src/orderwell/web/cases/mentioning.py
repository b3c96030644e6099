"""Names after an at sign: what is said of those that reach nobody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orderwell.domains.cases.services.notify import names_of_nobody


def with_unknown(done: str, text: str) -> str:
    """`done`, and that nobody was told where a name in `text` is nobody's."""
    unknown = names_of_nobody(text[:10_000])
    if not unknown:
        return done
    names = ", ".join(f"@{name[:40]}" for name in unknown[:5])
    said = _("No colleague is called %(names)s, or several are, so nobody was told by that name.") % {"names": names}
    return f"{done} {said}"

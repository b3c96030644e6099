"""Who of the colleagues is meant by a name, and whom to offer while one is typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orderwell.domains.cases.mentions import candidates, mentioned
from orderwell.platform.accounts.models import User
from orderwell.platform.search.keys import normalise, search_key

MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Colleague:
    """`call` is what to write after the at sign so that this person and nobody else is told."""

    username: str
    name: str
    call: str


def people_named(names: Iterable[str]) -> list[User]:
    """Active users by user name, display name, or a part of it that nobody else is called: 罗洋 of "罗洋 Luo Yang"."""
    return [user for user in _meant(names, _active()).values() if user is not None]


def names_of_nobody(text: str) -> list[str]:
    """The names after an at sign in `text` that reach no colleague."""
    names = mentioned(text)
    return [name for name, user in _meant(names, _active()).items() if user is None] if names else []


def colleagues_called(text: str, *, me: int | None = None) -> list[Colleague]:
    """Whom `text` may become: by name, user name, pinyin or initials, those that begin with it first; all for nothing."""
    wanted = normalise(text[:80])
    users = _active()
    found = []
    for user in users:
        if user.pk == me:
            continue
        words = search_key(user.name, user.username, people=True)
        joined = words.replace(" ", "")
        if words.startswith(wanted) or f" {wanted}" in words:
            rank = 0
        elif wanted in joined:
            rank = 1
        else:
            continue
        found.append((rank, str(user).casefold(), user.pk, user))
    offered = []
    for _rank, _name, _pk, user in sorted(found)[:MOST_OFFERED]:
        call = next(_calls(user, users), None)
        if call is not None:
            offered.append(Colleague(user.username, user.name, call))
    return offered


def _calls(user: User, users: Sequence[User]) -> Iterator[str]:
    """The shortest and most natural first: a part of the name, the whole, the user name; only what means this one."""
    tried = [part for part in (*user.name.split(), "".join(user.name.split()), user.username) if len(part) > 1]
    read = {name: mentioned(f"@{name} ") for name in tried}
    meant = _meant(tried, users)
    return (name for name in tried if read[name] == [name] and meant[name] == user)


def _active() -> list[User]:
    return list(User.objects.filter(is_active=True).order_by("pk"))


def _meant(names: Iterable[str], users: Iterable[User]) -> dict[str, User | None]:
    wanted = {name: candidates(name) for name in names}
    if not wanted:
        return {}
    whole: dict[str, User] = {}
    parts: dict[str, set[User]] = defaultdict(set)
    for user in users:
        for name in (user.username, user.name):
            whole.setdefault(name.casefold(), user)
        for part in (*user.name.split(), "".join(user.name.split())):
            parts[part.casefold()].add(user)

    def meant(name: str) -> User | None:
        alike = parts.get(name.casefold(), set())
        return whole.get(name.casefold()) or (next(iter(alike)) if len(alike) == 1 else None)

    return {name: next(filter(None, map(meant, tried)), None) for name, tried in wanted.items()}

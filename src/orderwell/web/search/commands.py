"""What the search box can do besides finding rows: actions, and the pages of the navigation. Data only.

Each is found by its title in both languages, by pinyin and initials, and by further words. Another area adds its own
line; what somebody may not do is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.search.keys import normalise, search_key
from orderwell.web.frame.places import GROUPS, START

P = Permission


@dataclass(frozen=True, slots=True)
class Command:
    """`press` is a control of the page that is pressed instead of following `url_name`; `key` is its shortcut."""

    title: str | Promise
    icon: str
    url_name: str
    permission: Permission | None
    words: str = ""
    query: str = ""
    key: str = ""
    dialog: bool = False
    press: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + self.query


COMMANDS: tuple[Command, ...] = (
    Command(
        _("New order"), "plus", "order-new", P.ORDERS_ORDER_PLACE, "create add order 开单 下单 报价 quote", key="n"
    ),
    Command(_("New customer"), "user-plus", "customer-new", P.CUSTOMERS_CUSTOMER_CHANGE, "create add client 客户建档"),
    Command(_("Import orders"), "file-import", "import-new", P.ORDERS_ORDER_IMPORT, "upload excel csv file 上传 表格"),
    Command(_("Adjust stock"), "adjustments", "stock-list", P.INVENTORY_STOCK_ADJUST, "correct count 盘点 修正"),
    Command(_("New transfer"), "transfer", "transfer-new", P.INVENTORY_STOCK_TRANSFER, "move stock warehouse 移库"),
    Command(_("Stock movements"), "arrows-exchange", "movement-list", P.INVENTORY_STOCK_VIEW, "history ledger 出入库"),
    Command(_("Quotes"), "file-text", "order-list", P.ORDERS_ORDER_VIEW, "drafts 草稿", "?state=draft"),
    Command(_("Backordered orders"), "package-off", "order-list", P.ORDERS_ORDER_VIEW, "", "?fulfilment=backordered"),
    Command(_("Unpaid orders"), "wallet", "order-list", P.ORDERS_ORDER_VIEW, "owing debt 欠款", "?payment=open"),
    Command(_("Background work"), "clock", "job-list", P.SYSTEM_EVENT_VIEW, "jobs schedules 任务 作业 定时"),
    Command(
        _("Light or dark"), "moon", "account", None, "theme appearance 主题 夜间 外观", press="[data-theme-switch]"
    ),
    Command(
        _("Switch language"), "language", "account", None, "english chinese 中文 英文", press="button[name=language]"
    ),
    Command(_("Keyboard"), "help", "account", None, "shortcuts keys 快捷键", key="?", press="[data-open-keys]"),
    Command(_("Your account"), "user-circle", "account", None, "settings preferences time zone 设置 时区"),
    Command(_("Change password"), "key", "password", None, "security 密码"),
    Command(_("Sign out"), "logout", "account", None, "log out quit 登出 离开", press="#sign-out button"),
)


def _places() -> tuple[Command, ...]:
    entries = (START, *(entry for group in GROUPS for entry in group.entries))
    return tuple(
        Command(e.title, e.icon, e.url_name, e.permission, query=e.query, key=f"g {e.keys}" if e.keys else "")
        for e in entries
    )


@lru_cache(maxsize=1)
def _keys() -> tuple[tuple[Command, str], ...]:
    found = []
    for command in (*_places(), *COMMANDS):
        titles = []
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                titles.append(str(command.title))
        found.append((command, search_key(*titles, *command.words.split())))
    return tuple(found)


def find_commands(actor: Actor, text: str, *, limit: int) -> list[Command]:
    """What the actor may do and every word of the text begins a word of; titles that begin with the text come first."""
    words = normalise(text).split()
    hits = [
        command
        for command, key in _keys()
        if (command.permission is None or actor.may(command.permission)) and all(_begins(key, word) for word in words)
    ]
    plain = normalise(text)
    hits.sort(key=lambda command: not normalise(str(command.title)).startswith(plain))
    return hits[:limit]


def _begins(key: str, word: str) -> bool:
    """A word of the key begins with it; Chinese has no spaces, so there any place will do."""
    return any(part.startswith(word) for part in key.split()) or (not word.isascii() and word in key)

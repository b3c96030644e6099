"""`{{ row.actor_label|who }}` says who did it; on every page, so nobody loads it."""

from __future__ import annotations

from django import template

from orderwell.web.components.doers import who

register = template.Library()
register.filter("who", who)

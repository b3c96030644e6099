"""`{% extends %}` and `{% include %}` that find their template once: Django looks for it, and through all of a layout for
its blocks, on every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import loader_tags
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode, IncludeNode
from django.utils.safestring import SafeString

register = template.Library()
Found = template.Template


class LayoutNode(ExtendsNode):
    """What is found is kept with the node, and so as long as Django keeps the template that the node is in."""

    _anew = settings.DEBUG  # files may change under a running server
    _parent: Found | None = None
    _root: tuple[Found, dict[str, BlockNode] | None] | None = None

    def get_parent(self, context: Context) -> Found:
        name: Any = self.parent_name
        if name.filters or not isinstance(name.var, str) or self._anew:
            return super().get_parent(context)
        if self._parent is None:
            self._parent = super().get_parent(context)
        return self._parent

    def render(self, context: Context) -> SafeString:
        parent: Any = self.get_parent(context)
        kept: Any = context.render_context
        blocks = kept.get(BLOCK_CONTEXT_KEY)
        if blocks is None:
            blocks = kept[BLOCK_CONTEXT_KEY] = BlockContext()
        blocks.add_blocks(self.blocks)
        if self._root is None or self._root[0] is not parent:
            self._root = parent, _blocks_of_root(parent)
        if self._root[1] is not None:
            blocks.add_blocks(self._root[1])
        with kept.push_state(parent, isolated_context=False):
            return SafeString(parent._render(context))


def _blocks_of_root(parent: Found) -> dict[str, BlockNode] | None:
    """The blocks of a layout that extends nothing itself."""
    if parent.nodelist.get_nodes_by_type(ExtendsNode):
        return None
    found = parent.nodelist.get_nodes_by_type(BlockNode)
    return {node.name: node for node in found if isinstance(node, BlockNode)}


class PartNode(IncludeNode):
    _anew = settings.DEBUG
    _part: Found | None = None

    def render(self, context: Context) -> SafeString:
        name: Any = getattr(self.template, "var", None)
        if self._anew or self.template.filters or not isinstance(name, str) or name.startswith("."):
            return super().render(context)
        if self._part is None:
            within: Any = context.template
            self._part = within.engine.get_template(name)
        values = {key: value.resolve(context) for key, value in self.extra_context.items()}
        if self.isolated_context:
            return self._part.render(context.new(values))
        with context.push(**values):
            return self._part.render(context)


@register.tag
def extends(parser: Parser, token: Token) -> LayoutNode:
    node = loader_tags.do_extends(parser, token)
    return LayoutNode(node.nodelist, node.parent_name)


@register.tag
def include(parser: Parser, token: Token) -> PartNode:
    node = loader_tags.do_include(parser, token)
    return PartNode(node.template, extra_context=node.extra_context, isolated_context=node.isolated_context)

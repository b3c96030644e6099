"""Refusals and numbers as the screen writes them; the rules are those of every interface."""

from orderwell.kernel.quantities import plain as plain_number
from orderwell.platform.wording import sentence, sentences, shown

__all__ = ["plain_number", "sentence", "sentences", "shown"]

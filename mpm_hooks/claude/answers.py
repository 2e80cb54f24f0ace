"""Answers of the model -> models and tokens."""

from __future__ import annotations

from mpm_hooks.claude.record import MOST, Record, inner, text
from mpm_hooks.facts import Tokens

_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_MOST_TOKENS = 10**12


class Answers:
    """What is known of the answers in a transcript."""

    def __init__(self) -> None:
        """Begin before the first answer."""
        self._models: dict[str, None] = {}
        self._usages: dict[str | int, tuple[int, ...]] = {}
        self._context = 0

    def add(self, record: Record) -> None:
        """Take note of a line; what Claude Code itself says in the place of an answer is none."""
        message = inner(record, "message")
        model = text(message, "model")
        if record.get("type") != "assistant" or model == "<synthetic>":
            return
        if model and len(self._models) < MOST:
            self._models[model] = None
        usage = tuple(_count(inner(message, "usage"), name) for name in _COUNTS)
        if any(usage):
            # An answer takes a line for each of its blocks, and each line repeats the usage so far.
            self._usages[text(message, "id") or len(self._usages)] = usage
            self._context = sum(usage)

    @property
    def models(self) -> tuple[str, ...]:
        """The models, in the order of their first answer."""
        return tuple(self._models)

    @property
    def tokens(self) -> Tokens | None:
        """The tokens, None if no answer says."""
        if not self._usages:
            return None
        given, output, creation, read = (sum(column) for column in zip(*self._usages.values(), strict=True))
        return Tokens(context=self._context, input=given, output=output, cache_creation=creation, cache_read=read)


def _count(usage: Record, name: str) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < _MOST_TOKENS else 0

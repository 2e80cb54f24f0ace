"""A Summary in GitHub's Markdown, as long as a comment or a job's summary may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mpm_hooks import markup
from mpm_hooks.comment import LONGEST
from mpm_hooks.summary import Links, State, Summary, Told, outline
from mpm_hooks.summary.outline import Block, Fold, Heading, Items, Line, Paragraph, Piece, Said, Timeline, Words

MARKS = dict(zip(State, "⚪🟡🟢🔴🔴", strict=True))
TITLES = {state: state.capitalize() for state in State} | {State.NONE: "No session"}

_LONGEST = 300
"""Characters of a text in a list."""
_MOST_IN_TIMELINE = 8
_END = "\n</details>\n"


def utf16(text: str) -> int:
    """Measure as JavaScript does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Measure in bytes."""
    return len(text.encode())


def page(
    found: Summary,
    *,
    links: Links | None = None,
    most: int = LONGEST,
    size: Callable[[str], int] = utf16,
    rest: str = "",
) -> str:
    """Write a summary, at ``most`` so long; ``rest`` says, in Markdown, where all of it stands if it does not fit."""
    writer = _Writer(links, size, most - size(f"\n{rest}\n"))
    for block in outline.of(found):
        writer.write(block)
    text = "".join(writer.pieces)
    return f"{text}\n{rest}\n" if writer.is_cut and rest else text


class _Writer:
    """Writes blocks one after the other, as long as there is room; what does not fit is left out whole."""

    def __init__(self, links: Links | None, size: Callable[[str], int], room: int) -> None:
        self.pieces: list[str] = []
        self.is_cut = False
        self._links = links
        self._size = size
        self._room = room

    def write(self, block: Block) -> None:
        """Write a block, or its beginning."""
        match block:
            case Heading(state, words):
                self._put(f"### {MARKS[state]} {' · '.join((TITLES[state], *words))}\n")
            case Paragraph(line):
                self._put(f"\n{self._line(line)}\n")
            case Items():
                self._items(block)
            case Timeline(sessions):
                self._put("\n" + "\n".join(_timeline(sessions)) + "\n")
            case _:
                self._fold(block)

    def _items(self, block: Items) -> None:
        before = f"\n**{block.title}**\n\n" if block.title else "\n"
        for place, line in enumerate(block.lines, 1):
            mark = f"{place}." if block.ordered and not isinstance(line[0], Words) else "-"
            if not self._put(f"{before}{mark} {self._line(line)}\n"):
                return
            before = ""

    def _fold(self, block: Fold) -> None:
        """Write a fold; its end is kept room for, else the rest of the page would be in it."""
        begin = f"\n<details>\n<summary>{block.title}</summary>\n"
        if self._size(begin + _END) > self._room or not self._put(begin):
            self.is_cut = True
            return
        self._room -= self._size(_END)
        for each in block.blocks:
            self.write(each)
        self.pieces.append(_END)

    def _put(self, text: str) -> bool:
        size = self._size(text)
        if size > self._room:
            self.is_cut = True
            return False
        self.pieces.append(text)
        self._room -= size
        return True

    def _line(self, line: Line) -> str:
        return "".join(map(self._piece, line))

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Words):
            return f"**{piece.text}**" if piece.strong else piece.text
        if isinstance(piece, Said):
            text = markup.plain(piece.text, _LONGEST)
            return f"**{text}**" if piece.strong and text else text
        if self._links is None or not (address := outline.address(piece, self._links)):
            return markup.code(piece.text)
        return markup.link(piece.text, address, server=self._links.server, as_code=True)


def _timeline(sessions: Sequence[Told]) -> Iterator[str]:
    """Draw a diagram; of many sessions the last ones."""
    yield "```mermaid"
    yield "timeline"
    for each in sessions[-_MOST_IN_TIMELINE:]:
        moment = f"{each.moment:%Y-%m-%d %H:%M}" if each.moment else each.id
        label = markup.mermaid(each.goal or each.account) or each.id
        yield f"    {markup.mermaid(moment)} : {label}"
    yield "```"

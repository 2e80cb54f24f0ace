"""A Summary as a page of HTML that stands alone: no script, nothing is loaded, light and dark as the reader has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from mpm_hooks import markup
from mpm_hooks.summary import Links, Summary, outline
from mpm_hooks.summary.markdown import TITLES
from mpm_hooks.summary.outline import Block, Fold, Heading, Items, Line, Paragraph, Piece, Said, Timeline, Words

_LONGEST = 2_000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """\
:root { color-scheme: light dark; --line: #d1d9e0; --faint: #59636e; --link: #0969da; --code: #eff1f3;
  --none: #59636e; --progress: #9a6700; --ready: #1a7f37; --blocked: #cf222e }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --faint: #9198a1; --link: #4493f8; --code: #2a313c;
  --none: #9198a1; --progress: #d29922; --ready: #3fb950; --blocked: #f85149 } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere }
h1 { font-size: 1.35rem; line-height: 1.3; border-bottom: 1px solid var(--line); padding-bottom: .5rem }
h1 b { color: var(--none) } h1.in-progress b { color: var(--progress) } h1.ready b { color: var(--ready) }
h1.blocked b, h1.unreadable b { color: var(--blocked) }
h2 { font-size: 1rem; margin: 1.2rem 0 .3rem } ol, ul { margin: .3rem 0; padding-left: 1.6rem } p { margin: .6rem 0 }
code { font: .85em ui-monospace, monospace; background: var(--code); border-radius: 4px; padding: .1em .35em;
  white-space: pre-wrap }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
details { border: 1px solid var(--line); border-radius: 6px; margin: .8rem 0; padding: .5rem .9rem }
summary { cursor: pointer; font-weight: 600 } time { color: var(--faint) } .said { white-space: pre-wrap }
"""


def page(found: Summary, *, links: Links | None = None) -> str:
    """Write a summary."""
    blocks = "\n".join(_blocks(outline.of(found), links))
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{TITLES[found.status]}: {found.latest or "no session"}</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
{blocks}
</main>
</body>
</html>
"""


def _blocks(blocks: Iterable[Block], links: Links | None) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading):
            yield _heading(block)
        elif isinstance(block, Paragraph):
            yield f"<p>{_line(block.line, links)}</p>"
        elif isinstance(block, Items):
            yield from _items(block, links)
        elif isinstance(block, Timeline):
            yield from _timeline(block)
        else:
            yield from _fold(block, links)


def _heading(block: Heading) -> str:
    words = " · ".join(("", *map(escape, block.words)))
    return f'<h1 class="{block.state.replace(" ", "-")}"><b>{TITLES[block.state]}</b>{words}</h1>'


def _items(block: Items, links: Links | None) -> Iterator[str]:
    kind = "ol" if block.ordered else "ul"
    if block.title:
        yield f"<h2>{escape(block.title)}</h2>"
    yield f"<{kind}>"
    yield from (f"<li>{_line(line, links)}</li>" for line in block.lines)
    yield f"</{kind}>"


def _timeline(block: Timeline) -> Iterator[str]:
    yield "<ol>"
    for each in block.sessions:
        moment = f"{each.moment:%Y-%m-%d %H:%M}" if each.moment else each.id
        yield f"<li><time>{moment}</time> {markup.html(each.goal or each.account or each.id, _LONGEST)}</li>"
    yield "</ol>"


def _fold(block: Fold, links: Links | None) -> Iterator[str]:
    yield f"<details><summary>{escape(block.title)}</summary>"
    yield from _blocks(block.blocks, links)
    yield "</details>"


def _line(line: Line, links: Links | None) -> str:
    return "".join(_piece(piece, links) for piece in line)


def _piece(piece: Piece, links: Links | None) -> str:
    if isinstance(piece, (Words, Said)):
        text = escape(piece.text) if isinstance(piece, Words) else markup.html(piece.text, _LONGEST)
        shown = f'<span class="said">{text}</span>' if isinstance(piece, Said) else text
        return f"<strong>{shown}</strong>" if piece.strong else shown
    code = f"<code>{markup.html(piece.text)}</code>"
    address = outline.address(piece, links)
    return f'<a href="{escape(address)}">{code}</a>' if address else code

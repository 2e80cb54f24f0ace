"""Text of a session becomes Markdown and HTML that show it and do nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import markup

SERVER = "https://github.com"
PAGE = f"{SERVER}/octo-org/octo-repo/blob/main"
WRITERS: dict[str, Callable[[str, int], str]] = {
    "plain": markup.plain,
    "code": markup.code,
    "code_cell": markup.code_cell,
    "html": markup.html,
    "mermaid": markup.mermaid,
}
# What the texts of an attack are made of.
PIECES = st.sampled_from(
    [
        *("@", "#", "GH-", "1", "0123456", "a", "B", "_", "*", "`", "``", "~", "|", "\\", "<", ">", "!", "[", "]", "("),
        *(")", ":", "//", "https:", "www.", "&", ";", "&#64;", "$", "/", "-", "+", "=", ".", "{", "%", '"', "'", "^"),
        *("\n", "\r", "\t", " ", "\0", "\x1b", "\x85", "\xa0", "é", "語", "❤\ufe0f", "👨\u200d👩", "\u200d", "\ufe0f"),
        *(
            "\u202e",
            "\u2066",
            "\u200b",
            "\u2028",
            "\ufeff",
            "\U000e0041",
            "\U000e0100",
            "\ud800",
            "\udcff",
            "\u0301" * 5,
        ),
    ]
)
ANY = st.lists(PIECES | st.characters(), max_size=30).map("".join)


def seen(text: str) -> str:
    """Return what a reader sees of a text."""
    return html.unescape(re.sub("</?span>", "", text)).replace("\u200b", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("Read yaml, then md: 2 of 3 (so far).", "Read yaml, then md: 2 of 3 (so far).", id="words"),
        pytest.param("snake_case at 09:00:00, a & b", "snake_case at 09:00:00, a & b", id="nothing to defuse"),
        pytest.param(" one\r\n\ttwo \x85 three ", "one two three", id="lines"),
        pytest.param("ask @octocat", "ask @\u200boctocat", id="mention"),
        pytest.param("Fixes #3, GH-4", "Fixes #\u200b3, GH-\u200b4", id="references"),
        pytest.param("CVE-2026-1", "CVE-\u200b2026-1", id="advisory"),
        pytest.param("0123456789abc", "012345\u200b6789ab\u200bc", id="commit"),
        pytest.param("https://example.com", "https:\u200b//example.com", id="address"),
        pytest.param("WWW.example.com", "WWW\u200b.example.com", id="address without scheme"),
        pytest.param(":tada:", "&#x3a;\u200btada:", id="emoji"),
        pytest.param("[x] yes", "&#x5b;\u200bx&#x5d; yes", id="box"),
        pytest.param("/approve", "&#x2f;\u200bapprove", id="command to a bot"),
        pytest.param("::add-mask::x", "&#x3a;:\u200badd-mask::x", id="command to a runner"),
        pytest.param("x ##[error]", "x #\u200b#&#x5b;error&#x5d;", id="command to a runner, old way"),
        pytest.param("- one", "&#x2d; one", id="list"),
        pytest.param("+ one", "&#x2b; one", id="list of plus"),
        pytest.param("===", "&#x3d;==", id="underline"),
        pytest.param("<b>", "&#x3c;b&#x3e;", id="element"),
        pytest.param("12. twelve", "12&#x2e; twelve", id="number of a list"),
        pytest.param("# C# #", "&#x23; C# &#x23;", id="heading"),
        pytest.param("_a_ b_c", "&#x5f;a&#x5f; b_c", id="underscores"),
        pytest.param("&lt; &#38; & &", "&#x26;lt; &#x26;#\u200b38; & &", id="entities"),
        pytest.param("$1", "<span>&#x24;</span>1", id="dollar"),
        pytest.param("a\u202eb\0", "a⟨U+202E⟩b⟨U+0000⟩", id="hidden"),
        pytest.param("a\ud800b\U000e0041", "a⟨U+D800⟩b⟨U+E0041⟩", id="no characters"),
        pytest.param("a" + "\u200b" * 37, "a⟨37 hidden characters⟩", id="many hidden"),
        pytest.param("a" + "\u0301" * 9, "a\u0301\u0301\u0301\u0301⟨5 hidden characters⟩", id="marks piled up"),
        pytest.param("👨\u200d👩 ❤\ufe0f 1\ufe0f\u20e3", "👨\u200d👩 ❤\ufe0f 1\ufe0f\u20e3", id="emoji in Unicode"),
        pytest.param("a\u200db\ufe0f", "a⟨U+200D⟩b⟨U+FE0F⟩", id="joiner and selector among letters"),
        pytest.param("نمی\u200cشود", "نمی\u200cشود", id="Persian"),
        pytest.param(" \n ", "", id="nothing"),
    ],
)
def test_plain(text: str, written: str) -> None:
    assert markup.plain(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("src/main.py", "`src/main.py`", id="path"),
        pytest.param("a`b", "``a`b``", id="backtick"),
        pytest.param("`a``", "``` `a`` ```", id="backticks around"),
        pytest.param("pip install x  # note", "`pip install x  # note`", id="command"),
        pytest.param("a\nb\t", "`a⟨U+000A⟩b`", id="line"),
        pytest.param("src/@types/x#3", "`src/@\u200btypes/x#\u200b3`", id="mention in a mail"),
        pytest.param(f"curl {PAGE}", f"`curl {PAGE}`", id="address"),
        pytest.param(f"{SERVER}/o/r/issues/3", f"`{SERVER}/o/r/\u200bissues/3`", id="reference in a mail"),
        pytest.param("##vso[x]", "`#\u200b#vso[x]`", id="command to a service"),
        pytest.param("0123456789abc", "`0123456789abc`", id="commit"),
        pytest.param("  ", "", id="nothing"),
    ],
)
def test_code(text: str, written: str) -> None:
    assert markup.code(text) == written
    assert markup.code_cell(text) == written


def test_bar_in_code_splits_no_row() -> None:
    assert markup.code("a | b") == "`a | b`"
    assert markup.code_cell("a \\| `b`") == "<code>a &#x5c;&#x7c; &#x60;b&#x60;</code>"


def test_html_keeps_lines() -> None:
    assert markup.html(" <b>'x'\r\n\ta & \u202eb \n") == "&lt;b&gt;&#x27;x&#x27;\n a &amp; ⟨U+202E⟩b"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("Read yaml", "Read yaml", id="words"),
        pytest.param('a: "b"; c', "a#colon; #quot;b#quot;#semi; c", id="signs"),
        pytest.param("```\nx %%{y}", "#grave;#grave;#grave; x #percnt;#percnt;#lcub;y#rcub;", id="end of the fence"),
        pytest.param("ask @octocat", "ask #commat;\u200boctocat", id="mention"),
        pytest.param("Title of it", "\u200bTitle of it", id="keyword"),
        pytest.param("a title", "a title", id="keyword later"),
        pytest.param("word " * 30, "word word word word word word word word word word word word…", id="long"),
    ],
)
def test_mermaid(text: str, written: str) -> None:
    assert markup.mermaid(text) == written


@pytest.mark.parametrize(
    ("label", "url", "written"),
    [
        pytest.param("x", f"{PAGE}/x", f"[x]({PAGE}/x)", id="page"),
        pytest.param("x](y", f"{PAGE}/a(b) <c>", f"[x&#x5d;(y]({PAGE}/a%28b%29%20%3Cc%3E)", id="end of label, address"),
        pytest.param("x", f"{PAGE}/%20?a=1&copy=2", f"[x]({PAGE}/%20?a=1&amp;copy=2)", id="query"),
        pytest.param("x", f"{PAGE}/@x\ud800", f"[x]({PAGE}/%40x%5Cud800)", id="mention"),
        pytest.param("x", SERVER, f"[x]({SERVER})", id="server"),
        pytest.param("x", "https://github.com.example.com/", "x", id="another server"),
        pytest.param("x", "https://github.com@example.com/", "x", id="server as a user"),
        pytest.param("x", "javascript:alert(1)", "x", id="script"),
        pytest.param("x", f"{PAGE}/../../../y", "x", id="upwards"),
        pytest.param("x", f"{PAGE}/%2e%2E/y", "x", id="upwards, encoded"),
        pytest.param(" ", PAGE, "", id="nothing"),
    ],
)
def test_link(label: str, url: str, written: str) -> None:
    assert markup.link(label, url, server=SERVER) == written


def test_link_on_code() -> None:
    assert markup.link("a_b.py", f"{PAGE}/a_b.py", as_code=True) == f"[`a_b.py`]({PAGE}/a_b.py)"
    assert markup.link("a_b.py", "", as_code=True) == "`a_b.py`"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        pytest.param("src/a b.py", "src/a%20b.py", id="space"),
        pytest.param("é#?%@:\\|", "%C3%A9%23%3F%25%40%3A%5C%7C", id="signs"),
        pytest.param("a\udcff", "a%FF", id="bytes"),
        pytest.param("a\ud800", "a%EF%BF%BD", id="surrogate"),
    ],
)
def test_url_path(path: str, written: str) -> None:
    assert markup.url_path(path) == written


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("text", ["$", "`", "@", "|$", "\u202e", "\n", "0", "语", '"', "a "], ids=ascii)
def test_length_is_bounded(write: Callable[[str, int], str], text: str) -> None:
    assert len(write(text * 5000, 100)) <= 620


def test_cut_between_words() -> None:
    assert markup.plain("one two three", 9) == "one two…"
    assert markup.plain("one-two-three", 9) == "one-two-…"
    assert markup.plain("one", 0) == "…"


@given(ANY, st.sampled_from(sorted(WRITERS)))
def test_any_text_stays_in_its_place(text: str, name: str) -> None:
    written = WRITERS[name](text, 200)
    assert "\n" not in written or name == "html"
    assert not re.search(r"[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", written)
    assert not re.search(r"@[A-Za-z0-9]|(?<!&)#\d|##\w*\[|^\s*(?:/|::)", written) or name == "html"
    written.encode()


@given(ANY)
def test_any_plain_text_is_inert(text: str) -> None:
    written = markup.plain(text)
    assert not re.search(r"[*`~|\\\[\]>$]|<(?!/?span>)|://|(?i:www\.)", re.sub("</?span>", "", written))
    assert not re.search(r"(?<![A-Za-z0-9])[0-9a-f]{7,40}(?![A-Za-z0-9])", html.unescape(written))
    assert not re.match(r"[-+=#:/\s]|\d+[.)]", written)


@given(ANY.filter(lambda text: len(text) < 40))
def test_any_plain_text_is_readable(text: str) -> None:
    shown = seen(markup.plain(text))
    assert [word for word in re.findall(r"[a-zA-Z0-9]+", text) if word not in shown] == []
    assert [word for word in re.findall(r"[a-zA-Z0-9]+", text) if word not in seen(markup.html(text))] == []

"""Nothing secret and no private place is left in a text; all else is left as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sessions import MOMENT, VALUES, full

from mpm_hooks import redact
from mpm_hooks.redact import Places, Redaction
from mpm_hooks.session import Json

HERE = Path(__file__).parent
TOKEN = "gh" + "p_" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz" + "aB3"
JWT = ".".join(["ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0In0", "aB3dE5fG7hJ9kL2mN4pQ"])
TMP = "/tmp"  # noqa: S108 - a text, no place to write to
SHA = "6898e68d00cafe00000000000000000000000000"

LINUX = Places(root="/home/ann/proj", home="/home/ann", host="ann-book7", user="ann")
MAC = Places(root="/Users/ann/proj", home="/Users/ann", host="Anns-MacBook.local", user="ann")
WINDOWS = Places(root=r"C:\Users\Ann Example\proj", home=r"C:\Users\Ann Example", host="DESKTOP-7A1B2C3", user="Ann")
SUBSYSTEM = Places(root="/mnt/c/work/proj", home="/home/ann", host="phoenix", user="ann")
MOUNTED = Places(root=r"\\wsl$\Ubuntu\home\ann\proj", home=r"C:\Users\ann", host="", user="")
CONTAINER = Places(root="/app", home="/root", host="6898e68abcde", user="root")
ODD = Places(root="/srv/a+b (c)/é [x]", home="/srv/a+b (c)", host="", user="")
TEMPORARY = Places(root="/private/var/folders/ab/cdef/T/proj", home="/Users/ann", host="", user="ann")
APART = Places(root="/srv/cafe\u0301", home="", host="", user="")
SHORT = Places(root="", home="", host="b-1", user="")
NOWHERE = Places(root="", home="/", host="", user="")
TOP = Places(root="C:\\", home="proj/ann", host="localhost", user="a")

PLACES = [
    pytest.param(LINUX, "/home/ann/proj/src/x.py", "src/x.py", ["root"], id="below-root"),
    pytest.param(LINUX, "/home/ann/proj", ".", ["root"], id="root"),
    pytest.param(LINUX, "in /home/ann/proj.", "in ..", ["root"], id="root-ends-sentence"),
    pytest.param(LINUX, "ls /home/ann/proj/", "ls ./", ["root"], id="root-and-slash"),
    pytest.param(LINUX, "/home/ann/proj/*.py", "*.py", ["root"], id="root-glob"),
    pytest.param(LINUX, "/home/ann/proj/.env", ".env", ["root"], id="root-dotfile"),
    pytest.param(LINUX, "/home/ann/proj2/x", "~/proj2/x", ["home"], id="root-is-not-a-prefix"),
    pytest.param(LINUX, "/home/ann/proj-old/x", "~/proj-old/x", ["home"], id="root-dash"),
    pytest.param(LINUX, "/home/ann/proj.bak/x", "~/proj.bak/x", ["home"], id="root-dot"),
    pytest.param(LINUX, "cd /home/ann", "cd ~", ["home"], id="home"),
    pytest.param(LINUX, "/home/ann/", "~/", ["home"], id="home-and-slash"),
    pytest.param(LINUX, "/home/anne/x", "[REDACTED:home]/x", ["home"], id="never-a-tilde-user"),
    pytest.param(LINUX, "//home/ann/proj/x", "x", ["root"], id="doubled-at-the-top"),
    pytest.param(LINUX, "https://home/ann/proj/x", "https://home/ann/proj/x", [], id="a-host"),
    pytest.param(LINUX, "/home//ann/proj//x", "x", ["root"], id="doubled-slashes"),
    pytest.param(LINUX, r"\/home\/ann\/proj\/x", "x", ["root"], id="escaped-slashes"),
    pytest.param(LINUX, '"/home/ann/proj/x"', '"x"', ["root"], id="quotes"),
    pytest.param(LINUX, "`/home/ann/proj/x`, (/home/ann/y)", "`x`, (~/y)", ["root", "home"], id="backtick-and-paren"),
    pytest.param(LINUX, "A=/home/ann/x:/home/ann/proj/y", "A=~/x:y", ["root", "home"], id="list"),
    pytest.param(LINUX, "gcc -I/home/ann/proj/include", "gcc -Iinclude", ["root"], id="option"),
    pytest.param(LINUX, "curl -d @/home/ann/x", "curl -d @~/x", ["home"], id="at"),
    pytest.param(LINUX, r"one\n/home/ann/proj/x", r"one\nx", ["root"], id="escaped-line"),
    pytest.param(LINUX, r"/home/ann/proj\nDone", r".\nDone", ["root"], id="escaped-line-after"),
    pytest.param(LINUX, "file:///home/ann/proj/x.py", "x.py", ["root"], id="file-url"),
    pytest.param(LINUX, "file://localhost/home/ann/x", "~/x", ["home"], id="file-url-with-host"),
    pytest.param(LINUX, "git+file:///home/bob/x", "git+[REDACTED:home]/x", ["home"], id="git-file-url"),
    pytest.param(LINUX, "sqlite:////home/ann/proj/x.db", "sqlite://x.db", ["root"], id="sqlite"),
    pytest.param(LINUX, "sqlite:////home/bob/x.db", "sqlite://[REDACTED:home]/x.db", ["home"], id="sqlite-of-another"),
    pytest.param(LINUX, "vscode://file/home/ann/proj/x.py:1", "x.py:1", ["root"], id="editor-url"),
    pytest.param(LINUX, r"\\wsl$\Ubuntu\home\ann\proj\src\x.py", r"src\x.py", ["root"], id="wsl"),
    pytest.param(LINUX, r"\\wsl.localhost\Ubuntu\home\bob\x", r"[REDACTED:home]\x", ["home"], id="wsl-of-another"),
    pytest.param(LINUX, "~/.claude/projects/-home-ann-proj/x", "~/.claude/projects/[REDACTED:home]-proj/x", ["home"],
                 id="dashed"),
    pytest.param(LINUX, "~/.claude/projects/-Users-bob-x/y", "~/.claude/projects/[REDACTED:home]-x/y", ["home"],
                 id="dashed-of-another"),
    pytest.param(LINUX, "see /home/bob/x/y", "see [REDACTED:home]/x/y", ["home"], id="another-home"),
    pytest.param(LINUX, "/home/bob/home/x", "[REDACTED:home]/home/x", ["home"], id="another-home-below"),
    pytest.param(LINUX, "/home/bob.", "[REDACTED:home].", ["home"], id="another-home-alone"),
    pytest.param(LINUX, "/Users/bob/x", "[REDACTED:home]/x", ["home"], id="another-mac"),
    pytest.param(LINUX, "/var/home/bob/x", "[REDACTED:home]/x", ["home"], id="var-home"),
    pytest.param(LINUX, "/root/x", "[REDACTED:home]/x", ["home"], id="root-of-another"),
    pytest.param(LINUX, r"C:\Users\bob\x", r"[REDACTED:home]\x", ["home"], id="another-windows"),
    pytest.param(LINUX, r"C:\\Users\\Bob Smith\\x", r"[REDACTED:home]\\x", ["home"], id="another-windows-blank"),
    pytest.param(LINUX, "c:/users/bob/x", "[REDACTED:home]/x", ["home"], id="another-windows-slash"),
    pytest.param(LINUX, "/mnt/c/Users/bob/x", "[REDACTED:home]/x", ["home"], id="another-mnt"),
    pytest.param(LINUX, "/c/Users/bob/x", "[REDACTED:home]/x", ["home"], id="another-msys"),
    pytest.param(LINUX, "/var/folders/ab/c_d+e/T/x", "[REDACTED:temp]/x", ["temp"], id="temp-mac"),
    pytest.param(LINUX, f"/private{TMP}/x", "[REDACTED:temp]/x", ["temp"], id="temp-private"),
    pytest.param(LINUX, f"{TMP}/x and /var{TMP}/y", "[REDACTED:temp]/x and [REDACTED:temp]/y", ["temp"], id="temp"),
    pytest.param(LINUX, f"{TMP}/pytest-of-ann/x", "[REDACTED:temp]/pytest-of-[REDACTED:user]/x", ["temp", "user"],
                 id="temp-of-pytest"),
    pytest.param(LINUX, "/run/user/1000/x", "[REDACTED:temp]/x", ["temp"], id="temp-run"),
    pytest.param(LINUX, "ssh ann@box.example.org", "ssh [REDACTED:user]@box.example.org", ["user"], id="ssh"),
    pytest.param(LINUX, "scp -P 2 x ann@box.example.org:y", "scp -P 2 x [REDACTED:user]@box.example.org:y", ["user"],
                 id="scp"),
    pytest.param(LINUX, "rsync ann@box.example.org:~/x", "rsync [REDACTED:user]@box.example.org:~/x", ["user"],
                 id="rsync"),
    pytest.param(LINUX, "ann@box:~$", "[REDACTED:user]@box:~$", ["user"], id="prompt"),
    pytest.param(LINUX, "ann@ann-book7:~$", "[REDACTED:user]@[REDACTED:host]:~$", ["user", "host"], id="own-prompt"),
    pytest.param(LINUX, "ann@10.0.0.7", "[REDACTED:user]@10.0.0.7", ["user"], id="address"),
    pytest.param(LINUX, "ann@box.local", "[REDACTED:user]@box.local", ["user"], id="local"),
    pytest.param(LINUX, "https://ann@git.example/x", "https://[REDACTED:user]@git.example/x", ["user"], id="url-user"),
    pytest.param(LINUX, "USER=ann", "USER=[REDACTED:user]", ["user"], id="variable"),
    pytest.param(LINUX, "cd ~ann/x", "cd ~[REDACTED:user]/x", ["user"], id="tilde-user"),
    pytest.param(LINUX, "/run/media/ann/x", "/run/media/[REDACTED:user]/x", ["user"], id="media"),
    pytest.param(LINUX, "on ANN-BOOK7.", "on [REDACTED:host].", ["host"], id="host"),
    pytest.param(LINUX, "http://ann-book7:8080", "http://[REDACTED:host]:8080", ["host"], id="host-in-url"),
    pytest.param(MAC, "/users/ann/Proj", "/users/ann/Proj", [], id="mac-other-letters"),
    pytest.param(MAC, "/System/Volumes/Data/Users/ann/proj/x", "x", ["root"], id="mac-firm"),
    pytest.param(MAC, "anns-macbook and Anns-MacBook.local", "[REDACTED:host] and [REDACTED:host]", ["host"],
                 id="mac-host"),
    pytest.param(WINDOWS, r"c:\users\ann example\PROJ\src\x.py", r"src\x.py", ["root"], id="windows-root"),
    pytest.param(WINDOWS, "C:/Users/Ann Example/proj", ".", ["root"], id="windows-slash"),
    pytest.param(WINDOWS, r"C:\\Users\\Ann Example\\y", r"~\\y", ["home"], id="windows-escaped"),
    pytest.param(WINDOWS, "file:///C:/Users/Ann%20Example/proj/x", "x", ["root"], id="windows-file-url"),
    pytest.param(WINDOWS, "/mnt/c/Users/Ann Example/proj/x", "x", ["root"], id="windows-from-wsl"),
    pytest.param(WINDOWS, r"\\?\C:\Users\Ann Example\proj\x", "x", ["root"], id="windows-long"),
    pytest.param(WINDOWS, "projects/C--Users-Ann-Example-proj", "projects/[REDACTED:home]-proj", ["home"],
                 id="windows-dashed"),
    pytest.param(WINDOWS, r"D:\work\x", r"D:\work\x", [], id="windows-elsewhere"),
    pytest.param(SUBSYSTEM, "/mnt/c/work/proj/x", "x", ["root"], id="wsl-root"),
    pytest.param(SUBSYSTEM, r"C:\Work\proj\x", "x", ["root"], id="wsl-root-from-windows"),
    pytest.param(SUBSYSTEM, "projects/-mnt-c-work-proj", "projects/[REDACTED:root]", ["root"], id="wsl-dashed"),
    pytest.param(SUBSYSTEM, "bob@phoenix:~", "bob@[REDACTED:host]:~", ["host"], id="word-host-after-at"),
    pytest.param(SUBSYSTEM, "the phoenix server", "the phoenix server", [], id="word-host"),
    pytest.param(MOUNTED, r"\\wsl$\Ubuntu\home\ann\proj\x", "x", ["root"], id="mounted"),
    pytest.param(CONTAINER, "/app/src/x.py", "src/x.py", ["root"], id="container"),
    pytest.param(CONTAINER, "the /app and the /root cause", "the /app and the /root cause", [], id="container-words"),
    pytest.param(CONTAINER, "x/root/y /rooted/z", "x/root/y /rooted/z", [], id="container-parts"),
    pytest.param(CONTAINER, "http://app/x //app/x", "http://app/x //app/x", [], id="container-hosts"),
    pytest.param(CONTAINER, "file:///app/x", "x", ["root"], id="container-url"),
    pytest.param(CONTAINER, "/root/x", "~/x", ["home"], id="container-home"),
    pytest.param(CONTAINER, "root@6898e68abcde:/#", "root@[REDACTED:host]:/#", ["host"], id="container-host"),
    pytest.param(CONTAINER, "6898e68abcde", "6898e68abcde", [], id="container-host-or-commit"),
    pytest.param(SHORT, "b-1 @b-1 x@b-1", "b-1 @b-1 x@[REDACTED:host]", ["host"], id="short-host"),
    pytest.param(ODD, "/srv/a+b (c)/é [x]/y", "y", ["root"], id="odd"),
    pytest.param(ODD, "/srv/a+b (c)/e\u0301 [x]/y", "y", ["root"], id="odd-apart"),
    pytest.param(ODD, r"/srv/a+b\ \(c\)/é\ \[x\]/y", "y", ["root"], id="odd-escaped"),
    pytest.param(ODD, "file:///srv/a%2Bb%20%28c%29/%C3%A9%20%5Bx%5D/y", "y", ["root"], id="odd-url"),
    pytest.param(APART, "/srv/café/y", "y", ["root"], id="apart"),
    pytest.param(ODD, "/srv/aab (c)/y", "/srv/aab (c)/y", [], id="odd-is-no-pattern"),
    pytest.param(TEMPORARY, "/var/folders/ab/cdef/T/proj/x", "x", ["root"], id="temporary"),
    pytest.param(TEMPORARY, "/private/var/folders/ab/cdef/T/proj/x", "x", ["root"], id="temporary-firm"),
    pytest.param(NOWHERE, "/ and /x", "/ and /x", [], id="nowhere"),
    pytest.param(TOP, r"C:\x proj/ann a@b localhost", r"C:\x proj/ann a@b localhost", [], id="top"),
]  # fmt: skip


@pytest.mark.parametrize(("places", "text", "shown", "rules"), PLACES)
def test_places(places: Places, text: str, shown: str, rules: list[str]) -> None:
    assert redact.text(text, places) == (shown, tuple(rules))
    assert redact.text(shown, places) == (shown, ())


@pytest.mark.parametrize(
    "text",
    [
        "GET /users/:id",
        "POST /api/v1/login",
        "GET /home/feed",
        "/mpm-resume",
        "> /dev/null 2>&1",
        f"/etc/hosts, /usr/bin/env, /proc/1, /opt/x, {TMP}",
        "and/or 1/2 a/b/c",
        "s/home/away/g",
        r"^/\w+/(\d+)$",
        "https://x.example/home/bob/y",
        "https://x.example:8080/Users/bob",
        "//home/bob",
        "docs/home/bob.md ./home/bob ../home/bob",
        "~/home/bob ~bob/x",
        "/home/$USER/x /home/<name>/x /home/{name} /home/*/x",
        "/Users/Shared/x",
        "the /root cause",
        "ann@example.org, Ann, annotate, src/ann/x.py",
        "@ann please look; ann: yes",
        "pkg@1.2.3 uses x/y@main",
        "git@git.example:ann/x.git",
        "fix/ann-book7-2 src/ann-book7/x my-ann-book7",
        "a\x00b\x1bc\ud800d \U0001f600 é\r\n\t",
        f"Merge {SHA} into {SHA[:7]}",
        SHA,
        "session-20260121-100000",
        "2026-01-21 09:00:00 +0000",
        MOMENT.isoformat(),
        "",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact.text(text, LINUX) == (text, ())


@pytest.mark.parametrize(
    ("text", "shown", "rules"),
    [
        pytest.param(f"use {TOKEN}!", "use [REDACTED:github-token]!", ("github-token",), id="token"),
        pytest.param(f"token={TOKEN}", "token=[REDACTED:github-token]", ("github-token",), id="named-by-its-form"),
        pytest.param(
            f"{TOKEN} {TOKEN}", "[REDACTED:github-token] [REDACTED:github-token]", ("github-token",), id="twice"
        ),
        pytest.param(
            f"password=hunter2 in /home/ann/proj/x, {JWT}",
            "password=[REDACTED:password] in x, [REDACTED:jwt]",
            ("password", "jwt", "root"),
            id="all",
        ),
        pytest.param(
            "password=/home/ann/proj/pAs5w0rd", "password=[REDACTED:password]", ("root", "password"), id="uncovered"
        ),
        pytest.param("token: session-20260121-100000", "token: session-20260121-100000", (), id="id"),
    ],
)
def test_secrets(text: str, shown: str, rules: tuple[str, ...]) -> None:
    assert redact.text(text, LINUX) == (shown, rules)


@pytest.mark.plenty
@pytest.mark.parametrize(
    "piece",
    ["-home-ann", "/home/bob", "/home/ann/proj/", "/", "ann@", "file://", "ssh ann", "C:/Users/a b ", "password=x/"],
)
def test_hostile_text_is_read_in_one_turn_or_two(piece: str) -> None:
    text, rules = redact.text(piece * (200_000 // len(piece)), LINUX)
    assert rules != ("nested",)
    assert redact.text(text, LINUX) == (text, ())


def test_a_text_that_goes_on_uncovering_is_hidden_whole() -> None:
    token = "da" + "pi" + SHA[:32]
    assert redact.text(token * 100, LINUX) == ("[REDACTED:nested]", ("nested",))


def test_data_is_made_fit_at_every_depth() -> None:
    data: Json = {
        "conversation": {"summary": f"with {TOKEN} from /home/ann/proj/x", "count": 3},
        "todos": {"active": [{"content": "password: hunter2", "done": False}, None, 1.5]},
        "/home/ann/proj/y": "kept",
    }
    shown, redactions = redact.data(data, LINUX)
    assert shown == {
        "conversation": {"summary": "with [REDACTED:github-token] from x", "count": 3},
        "todos": {"active": [{"content": "password: [REDACTED:password]", "done": False}, None, 1.5]},
        "y": "kept",
    }
    assert redactions == (
        Redaction(where="conversation.summary", rule="github-token"),
        Redaction(where="conversation.summary", rule="root"),
        Redaction(where="todos.active[0].content", rule="password"),
        Redaction(where="y", rule="root"),
    )


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        pytest.param("password", "hunter2", "[REDACTED:password]", id="password"),
        pytest.param("db_password", "swordfish", "[REDACTED:password]", id="word"),
        pytest.param("password", SHA, "[REDACTED:password]", id="hash"),
        pytest.param("password", "sw\"ord'fi`sh1", "sw\"ord'fi`sh1", id="every-quote"),
        pytest.param("password", "", "", id="empty"),
        pytest.param("password", "Enter your password", "Enter your password", id="label"),
        pytest.param("api_key", "aB3dE5fG7hJ9", "[REDACTED:token]", id="key"),
        pytest.param("token", TOKEN, "[REDACTED:github-token]", id="form"),
        pytest.param("token", f"see {TOKEN}", "see [REDACTED:github-token]", id="inside"),
        pytest.param("token", f"{TOKEN} and more", "[REDACTED:github-token] and more", id="in-front"),
        pytest.param("token", "session-20260121-100000", "session-20260121-100000", id="id"),
        pytest.param("sha", SHA, SHA, id="sha"),
        pytest.param("password", "[REDACTED:password]", "[REDACTED:password]", id="hidden-already"),
    ],
)
def test_a_key_may_say_that_its_text_is_secret(key: str, value: str, shown: str) -> None:
    assert redact.data({key: value}, LINUX)[0] == {key: shown}


def test_a_text_alone_is_data() -> None:
    assert redact.data("/home/ann/x", LINUX) == ("~/x", (Redaction(where="", rule="home"),))


def test_keys_that_become_the_same_are_both_kept() -> None:
    data: Json = {"/home/bob/x": 1, "/home/eve/x": 2, "[REDACTED:home]/x (2)": 3}
    shown, _ = redact.data(data, LINUX)
    assert shown == {"[REDACTED:home]/x": 1, "[REDACTED:home]/x (3)": 2, "[REDACTED:home]/x (2)": 3}
    assert redact.data(shown, LINUX) == (shown, ())


def test_a_session_without_anything_private_is_left_as_it_is() -> None:
    data: Json = dict(full().data)
    assert redact.data(data, LINUX) == (data, ())


@pytest.mark.parametrize(
    "path",
    sorted((HERE / "genuine").rglob("session-*.json")),
    ids=lambda path: path.parent.relative_to(HERE).as_posix(),
)
def test_of_genuine_sessions_only_paths_are_hidden(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    places = Places(root=data.get("project_path", ""), home="", host="", user="")
    shown, redactions = redact.data(data, places)
    assert {redaction.rule for redaction in redactions} <= {"root", "home", "temp"}
    assert "/home/" not in json.dumps(shown)


# fmt: off
PIECES = st.lists(
    st.sampled_from([
        "/", "/home/ann", "/home/ann/proj", "/home/", "bob", "file://", "password=", "hunter2", TOKEN, "ann@",
        "ann-book7", " ", "C:\\Users\\", "\\", "\n", "\\n", "'", '"', ":", "~", ".", "-",
        "[REDACTED:home]", "é", "\ud800", TMP, "x1", ")",
    ]),
    max_size=9,
).map("".join)
# fmt: on


@pytest.mark.parametrize("places", [LINUX, WINDOWS, CONTAINER, ODD])
@given(text=st.text() | PIECES)
@example(text="/home/ann/proj//home/ann/proj/x")
def test_once_is_enough(places: Places, text: str) -> None:
    shown, rules = redact.text(text, places)
    assert redact.text(shown, places) == (shown, ())
    assert bool(rules) == (shown != text)


@given(text=PIECES)
def test_no_place_of_this_machine_is_left(text: str) -> None:
    shown, _ = redact.text(f"{text}\n/home/ann/proj/x '/home/ann'", LINUX)
    assert shown.endswith("\nx '~'")


@given(data=VALUES)
def test_data_of_any_shape_is_taken_once(data: Json) -> None:
    shown, redactions = redact.data(data, LINUX)
    assert redact.data(shown, LINUX) == (shown, ())
    assert bool(redactions) == (shown != data)


def test_redactions_are_told_once() -> None:
    twice = [Redaction(where="a", rule="home"), Redaction(where="a", rule="home")]
    assert len({*twice, Redaction(where="b", rule="home")}) == 2
    assert twice[0] != "home"

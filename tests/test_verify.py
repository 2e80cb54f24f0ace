from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import verify
from mpm_hooks.verify import manifest
from mpm_hooks.verify.project import LABELS

NOX = """\
import nox
from nox import session

nox.options.sessions = ["lint", "tests"]

@nox.session
def lint(session: nox.Session) -> None:
    session.run("ruff", "check", "\\d")

@nox.session(python=["3.11", "3.14"])
def tests(session): ...

@session(name="type-check", **{})
def mypy(session): ...

@nox.session(default=False)
@nox.parametrize("x", [1])
def release(session): ...

def test(session): ...
"""
MAKE = """\
SOURCES = a.c \\
  check: b.c
FLAGS := test: x
.PHONY: format-check
define NOTE
lint: of a text
endef
all: build ## test: all
types: CFLAGS += -g
typecheck ::= x
# check: later
build tests : deps ; X=1 cc
\t@echo lint: no target
mypy: # x=y
"""
JUST = """\
set shell := ["bash", "-c"]
test := "x"
lint path:
    ruff {{path}}
@tests *args: build
check-all flag="x" $home='y':
_types:
"""
PRECOMMIT = "repos:\n- repo: local\n  hooks: []\n"
TOX = "[tox]\nenv_list = lint, 3.1{1,2}\n[testenv]\ncommands = pytest\n[testenv:lint]\n[testenv:docs]\n"
UV = '[tool.uv]\n[dependency-groups]\ndev = ["pytest>=8", {include-group = "x"}]\n[tool.ruff.format]\nx = 1\n'
CARGO = '[package]\nname = "x"\n[lints.clippy]\nall = "warn"\n'
RAKE_TEST = 'require "rake/testtask"\nRake::TestTask.new do |t|\nend\n'
RAKE_SPEC = "RSpec::Core::RakeTask.new(:spec)\n"


def package(**scripts: object) -> str:
    return json.dumps({"name": "x", "scripts": scripts})


@pytest.mark.parametrize(
    ("names", "texts", "expected"),
    [
        pytest.param("src README.md", {}, {}, id="nothing declared"),
        pytest.param(
            "",
            {"noxfile.py": NOX},
            {"all": "nox", "test": "nox -s tests", "lint": "nox -s lint", "types": "nox -s type-check"},
            id="nox",
        ),
        pytest.param(
            "", {"noxfile.py": "@nox.session\ndef test(s): ..."}, {"test": "nox -s test"}, id="nox without a choice"
        ),
        pytest.param(
            "",
            {"noxfile.py": "nox.options.sessions = []\noptions.reuse = sessions = 1\n@nox.session\ndef test(s): ..."},
            {"test": "nox -s test"},
            id="nox with an empty choice",
        ),
        pytest.param(
            "",
            {
                "noxfile.py": "from nox import options\noptions.sessions = ALL\n"
                "@nox.session(name=N)\n@x\ndef test(s): ...\n@nox.session\ndef docs(s): ..."
            },
            {"all": "nox"},
            id="nox with a computed choice",
        ),
        pytest.param(
            "",
            {"noxfile.py": "@nox.session(default=False)\ndef ci(s): ..."},
            {"all": "nox", "check": "nox -s ci"},
            id="nox with a session left out",
        ),
        pytest.param("", {"noxfile.py": "nox.options.sessions = ['x']"}, {}, id="nox without sessions"),
        pytest.param("", {"tox.ini": TOX}, {"all": "tox", "lint": "tox -e lint"}, id="tox"),
        pytest.param("", {"tox.ini": "[testenv]\ncommands = x"}, {"test": "tox"}, id="tox without a list"),
        pytest.param("", {"tox.ini": "[tox]\nenvlist ="}, {"test": "tox"}, id="tox with an empty list"),
        pytest.param("", {"tox.ini": "[flake8]\nx = 1\n[pytest]"}, {"test": "pytest", "lint": "flake8"}, id="no tox"),
        pytest.param("", {"setup.cfg": "[tox:tox]\nenvlist = a"}, {"all": "tox"}, id="tox in setup.cfg"),
        pytest.param(
            "",
            {"tox.toml": 'env_list = ["a"]\n[env.types]\nx = 1'},
            {"all": "tox", "types": "tox -e types"},
            id="tox.toml",
        ),
        pytest.param(
            "", {"pyproject.toml": "[tool.tox.env.test]\nx = 1"}, {"test": "tox -e test"}, id="tox in pyproject.toml"
        ),
        pytest.param(
            "",
            {"pyproject.toml": '[tool.tox]\nlegacy_tox_ini = """[tox]\nenvlist = a\n[testenv:lint]"""'},
            {"all": "tox", "lint": "tox -e lint"},
            id="tox, the old way in pyproject.toml",
        ),
        pytest.param(
            "",
            {
                "pyproject.toml": "[tool.hatch.envs.default.scripts]\ntest = 'pytest'\nrun = 'x'\n"
                "[tool.hatch.envs.types.scripts]\ncheck = 'mypy'\n"
                "[tool.hatch.envs.style.scripts]\nlint = ['ruff']\n[tool.hatch.envs.'a b'.scripts]\ncheck = 'x'\n"
                "[tool.hatch.envs.docs]\n[tool.hatch.envs.ruff]\n"
            },
            {"test": "hatch run test", "lint": "hatch run style:lint", "types": "hatch run types:check"},
            id="hatch",
        ),
        pytest.param("", {"hatch.toml": "[envs.hatch-test]\nx = 1"}, {"test": "hatch test"}, id="hatch test"),
        pytest.param(
            "",
            {"pyproject.toml": "[tool.pdm.scripts]\ntest = 'x'\nlint = {cmd = 'x'}"},
            {"test": "pdm run test", "lint": "pdm run lint"},
            id="pdm",
        ),
        pytest.param(
            "poetry.lock", {"pyproject.toml": "[tool.poe.tasks]\ntest = 'x'"}, {"test": "poetry run poe test"}, id="poe"
        ),
        pytest.param("", {"pyproject.toml": "[tool.taskipy.tasks]\ntest = 'x'"}, {"test": "task test"}, id="taskipy"),
        pytest.param("", {"pyproject.toml": "[tool.rye.scripts]\ntest = 'x'"}, {"test": "rye run test"}, id="rye"),
        pytest.param("", {"pyproject.toml": "[tool.pixi.tasks]\ntest = 'x'"}, {"test": "pixi run test"}, id="pixi"),
        pytest.param("", {"pixi.toml": "[tasks]\nlint = 'x'"}, {"lint": "pixi run lint"}, id="pixi.toml"),
        pytest.param("Pipfile", {"Pipfile": "[scripts]\ntest = 'x'"}, {"test": "pipenv run test"}, id="pipenv"),
        pytest.param(
            "",
            {"pyproject.toml": UV},
            {"test": "uv run pytest", "lint": "uv run ruff check", "format": "uv run ruff format --check"},
            id="uv",
        ),
        pytest.param("", {"pyproject.toml": "[tool.pytest.ini_options]\nx = 1"}, {"test": "pytest"}, id="pytest"),
        pytest.param("uv.lock conftest.py", {}, {"test": "uv run pytest"}, id="conftest"),
        pytest.param("pytest.ini", {}, {"test": "pytest"}, id="pytest.ini"),
        pytest.param("", {"setup.cfg": "[tool:pytest]\nx = 1"}, {"test": "pytest"}, id="pytest in setup.cfg"),
        *(
            pytest.param(
                "", {"pyproject.toml": text}, {"test": f"{run}pytest"}, id=f"requirement {text.split(']')[0]}]"
            )
            for run, text in (
                ("", '[project.optional-dependencies]\ntests = ["pytest"]'),
                ("", '[dependency-groups]\ntests = ["attrs", "pytest[x] >= 8"]'),
                ("uv run ", '[tool.uv]\ndev-dependencies = ["pytest"]'),
                ("pdm run ", '[tool.pdm.dev-dependencies]\ntests = ["pytest"]'),
                ("poetry run ", '[tool.poetry.group.dev.dependencies]\npytest = "^8"'),
                ("poetry run ", '[tool.poetry.dev-dependencies]\npytest = "^8"'),
            )
        ),
        pytest.param(
            "", {"pyproject.toml": '[dependency-groups]\na = ["pytest-cov"]\nb = "pytest"'}, {}, id="no pytest"
        ),
        pytest.param(
            "",
            {"pyproject.toml": "[tool.mypy]\nfiles = ['x']\n[tool.black]"},
            {"types": "mypy", "format": "black --check ."},
            id="mypy",
        ),
        pytest.param(
            ".flake8", {"mypy.ini": "[mypy]\nstrict = true"}, {"lint": "flake8", "types": "mypy ."}, id="mypy.ini"
        ),
        pytest.param(
            "ruff.toml",
            {"setup.cfg": "[mypy]\npackages = x"},
            {"lint": "ruff check", "types": "mypy"},
            id="mypy in setup.cfg",
        ),
        pytest.param("pyrightconfig.json", {}, {"types": "pyright"}, id="pyright"),
        pytest.param("", {"Makefile": MAKE}, {"test": "make tests", "types": "make mypy"}, id="make"),
        pytest.param("", {"Makefile": "test check:: x", "GNUmakefile": "ci:"}, {"check": "make ci"}, id="GNUmakefile"),
        pytest.param("", {"makefile": "test check:: x\r\n"}, {"test": "make test", "check": "make check"}, id="check"),
        pytest.param("", {"justfile": JUST}, {"test": "just tests", "check": "just check-all"}, id="just"),
        pytest.param(
            "",
            {
                "Taskfile.yml": "version: '3'\n"
                "tasks:\n  test: go test ./...\n  lint:\n    cmds: [x, !y z]\n  ? [a]\n  : b\n"
            },
            {"test": "task test", "lint": "task lint"},
            id="task",
        ),
        pytest.param(
            "",
            {"mise.toml": "[tasks]\nlint = 'x'\n[tasks.test]\nrun = 'x'"},
            {"test": "mise run test", "lint": "mise run lint"},
            id="mise",
        ),
        pytest.param(
            "package-lock.json",
            {
                "package.json": package(
                    test="vitest run", lint="eslint .", **{"type-check": "tsc", "test:watch": "vitest"}
                )
            },
            {"test": "npm test", "lint": "npm run lint", "types": "npm run type-check"},
            id="npm",
        ),
        pytest.param(
            "",
            {"package.json": package(test='echo "Error: no test specified" && exit 1', lint=" ", check=1, types="tsc")},
            {"types": "npm run types"},
            id="npm init",
        ),
        pytest.param("pnpm-lock.yaml", {"package.json": package(test="x")}, {"test": "pnpm test"}, id="pnpm"),
        pytest.param(
            "yarn.lock",
            {"package.json": package(test="x", lint="y")},
            {"test": "yarn test", "lint": "yarn run lint"},
            id="yarn",
        ),
        pytest.param("bun.lock", {"package.json": package(test="x")}, {"test": "bun run test"}, id="bun"),
        pytest.param(
            "bun.lockb", {"package.json": package(**{"test:unit": "x"})}, {"test": "bun run test:unit"}, id="bun 1.0"
        ),
        pytest.param(
            "yarn.lock",
            {"package.json": '{"packageManager": "pnpm@9.1.0", "scripts": {"test": "x"}}'},
            {"test": "pnpm test"},
            id="packageManager",
        ),
        pytest.param(
            "yarn.lock",
            {"package.json": '{"packageManager": "rm -rf", "scripts": {"test": "x"}}'},
            {"test": "yarn test"},
            id="no package manager",
        ),
        pytest.param(
            "",
            {"deno.json": '{"tasks": {"lint": "x"}, "test": {}, "x": {"test": 1}}'},
            {"lint": "deno task lint"},
            id="deno, nothing of tests",
        ),
        pytest.param(
            "",
            {"deno.json": '{"tasks": {"test": "x"}, "test": {"include": ["a"]}}'},
            {"test": "deno task test"},
            id="deno task",
        ),
        pytest.param("", {"deno.json": '{"test": {"include": ["a"]}}'}, {"test": "deno test"}, id="deno test"),
        pytest.param(
            "phpunit.xml.dist phpstan.neon",
            {"composer.json": package(test=["x"], cs="y")},
            {
                "test": "composer run-script test",
                "test_php": "vendor/bin/phpunit",
                "types": "vendor/bin/phpstan analyse",
            },
            id="composer",
        ),
        pytest.param(
            ".pre-commit-config.yaml",
            {".pre-commit-config.yaml": PRECOMMIT},
            {"pre_commit": "pre-commit run --all-files"},
            id="pre-commit",
        ),
        pytest.param("", {"prek.toml": "[[repos]]\nrepo = 'x'"}, {"pre_commit": "prek run --all-files"}, id="prek"),
        pytest.param(
            "rustfmt.toml",
            {"Cargo.toml": CARGO},
            {"test": "cargo test", "lint": "cargo clippy", "format": "cargo fmt --check"},
            id="cargo",
        ),
        pytest.param(
            "",
            {"Cargo.toml": f"[workspace]\n{CARGO}"},
            {"test": "cargo test --workspace", "lint": "cargo clippy"},
            id="cargo workspace",
        ),
        pytest.param(
            ".golangci.yml", {"go.mod": "module x\n"}, {"test": "go test ./...", "lint": "golangci-lint run"}, id="go"
        ),
        pytest.param("build.gradle.kts gradlew", {}, {"test": "./gradlew test"}, id="gradlew"),
        pytest.param("settings.gradle", {}, {"test": "gradle test"}, id="gradle"),
        pytest.param("mvnw", {"pom.xml": "<project/>"}, {"test": "./mvnw -q verify"}, id="mvnw"),
        pytest.param("", {"pom.xml": "<project xmlns=''/>"}, {"test": "mvn -q verify"}, id="maven"),
        pytest.param("MODULE.bazel", {}, {"test": "bazel test //..."}, id="bazel"),
        pytest.param("build.sbt", {}, {"test": "sbt test"}, id="sbt"),
        pytest.param("", {"project.clj": "(defproject x"}, {"test": "lein test"}, id="lein"),
        pytest.param("App.sln App.csproj", {}, {"test": "dotnet test"}, id="dotnet"),
        pytest.param(
            "",
            {"CMakeLists.txt": "project(x)\ninclude(CTest)\n"},
            {"test": "cmake -B build && cmake --build build && ctest --test-dir build"},
            id="cmake",
        ),
        pytest.param("", {"CMakeLists.txt": "project(x)\n# enable_testing()\n"}, {}, id="cmake without tests"),
        pytest.param(
            "",
            {"meson.build": "project('x')\ntest('a', x)\n"},
            {"test": "meson setup build && meson test -C build"},
            id="meson",
        ),
        pytest.param("", {"build.zig": 'const t = b.step("test", "x");'}, {"test": "zig build test"}, id="zig"),
        pytest.param(
            "Gemfile .rubocop.yml",
            {"Rakefile": RAKE_TEST},
            {"test": "bundle exec rake test", "lint": "bundle exec rubocop"},
            id="rake",
        ),
        pytest.param("", {"Rakefile": "task :test do"}, {"test": "rake test"}, id="rake without bundler"),
        pytest.param("", {"Rakefile": "Rake::TestTask.new(:unit)\ntask testing: x"}, {}, id="rake without test"),
        pytest.param("", {"Rakefile": RAKE_SPEC}, {"test": "rake spec"}, id="rake spec"),
        pytest.param(
            "", {"Gemfile": 'group :test do\n  gem "rspec-rails"\nend'}, {"test": "bundle exec rspec"}, id="rspec"
        ),
        pytest.param(
            ".formatter.exs .credo.exs",
            {"mix.exs": "  def project do"},
            {"test": "mix test", "lint": "mix credo", "format": "mix format --check-formatted"},
            id="mix",
        ),
        pytest.param("", {"gleam.toml": "name = 'x'"}, {"test": "gleam test"}, id="gleam"),
        pytest.param("", {"Package.swift": ".testTarget(name: 1)"}, {"test": "swift test"}, id="swift"),
        pytest.param("", {"pubspec.yaml": "dev_dependencies:\n  test: ^1\n"}, {"test": "dart test"}, id="dart"),
        pytest.param(
            "analysis_options.yaml",
            {"pubspec.yaml": "dev_dependencies:\n  flutter_test:\n    sdk: flutter\n"},
            {"test": "flutter test", "lint": "dart analyze"},
            id="flutter",
        ),
        pytest.param("", {"pubspec.yaml": "dev_dependencies:\n  mocks:\n    test: 1\n"}, {}, id="dart without tests"),
        pytest.param("dune-project", {}, {"test": "dune runtest"}, id="dune"),
        pytest.param("stack.yaml", {}, {"test": "stack test"}, id="stack"),
        pytest.param("cabal.project", {}, {"test": "cabal test all"}, id="cabal"),
        pytest.param(
            "",
            {"Project.toml": "[targets]\ntest = ['Test']"},
            {"test": "julia --project -e 'using Pkg; Pkg.test()'"},
            id="julia",
        ),
        pytest.param("foundry.toml", {}, {"test": "forge test"}, id="foundry"),
        pytest.param("", {"flake.nix": "{ checks = 1; }"}, {"check": "nix flake check"}, id="nix"),
        pytest.param(
            "go.mod",
            {
                "noxfile.py": NOX,
                "Makefile": "test lint:\n",
                "package.json": package(test="x", lint="y"),
                ".pre-commit-config.yaml": PRECOMMIT,
            },
            {
                "all": "nox",
                "test": "nox -s tests",
                "test_make": "make test",
                "test_node": "npm test",
                "lint": "nox -s lint",
                "types": "nox -s type-check",
            },
            id="six of many",
        ),
        pytest.param(
            "",
            {"pyproject.toml": "[tool.pytest]", "Makefile": "test:"},
            {"test": "pytest", "test_make": "make test"},
            id="two tests",
        ),
    ],
)
def test_commands(names: str, texts: dict[str, str], expected: dict[str, str]) -> None:
    found = verify.commands([*names.split(), *texts], texts)
    assert found == expected
    assert list(found) == list(expected)
    assert set(texts) <= set(verify.MANIFESTS)


DEEP = 90_000
BROKEN = {
    "nothing": "",
    "words": "what the test does",
    "NUL": "\0",
    "lone surrogate": "\ud800",
    "brackets": "[" * DEEP,
    "braces": '{"tasks":' * 20_000,
    "parentheses": "(" * DEEP,
    "brackets in toml": "a = " + "[" * DEEP,
    "signs": "-" * DEEP + "1",
    "lists": "- " * DEEP,
    "dotted": "a" + ".a" * DEEP + "=1",
    "sections": "[x]\n" * 40_000,
    "definitions": "define\n" * 25_000,
    "blanks": " " * DEEP,
    "lines": "\n" * DEEP,
    "tasks of a broken file": "tasks:\n  'test': x\n  - y\n",
    "table of a broken file": "[package]\n[workspace]\n[tool.pytest]\n[tasks]\ntest = 'x'\nx = \n",
    "enormous": "test:\n[tox]\nmodule x\n<project\n" + "#" * 200_000,
    "types in toml": "tool = 1\ntasks = 2\nenvs = 3\nscripts = [4]\n",
    "types in json": '{"scripts": ["test"], "tasks": 1, "test": 2}',
    "list in json": '["scripts"]',
}


SLOW = {"lines", "sections", "definitions"}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.plenty if kind in SLOW else ()) for kind in BROKEN]
)
@pytest.mark.parametrize("name", verify.MANIFESTS)
def test_broken_text_declares_nothing(kind: str, name: str) -> None:
    assert verify.commands([name], {name: BROKEN[kind]}) == {}


@pytest.mark.parametrize(
    "broken",
    ["repos: [", "repos:\n\t- repo: local", "repos:\n- repo: 'local", "repos:\n- id: a: b", "repos: &a *b", "repos: {"],
)
def test_a_broken_yaml_declares_nothing(broken: str) -> None:
    assert verify.commands([".pre-commit-config.yaml"], {".pre-commit-config.yaml": broken}) == {}


ORDINARY = """\
# what runs
default_stages: [pre-commit, "pre-push"]
exclude: ^docs/.*\\.(md|txt)$

repos:
- repo: https://github.com/pre-commit/pre-commit-hooks
  rev: v6.0.0  # the newest
  hooks:
  - id: check-yaml
    args: ['--unsafe', --allow-multiple-documents]
    files: 'a b'
  -   id: mpm-pause
      additional_dependencies: ["types-x>=1.0", y==2]
- repo: local
"""


def test_what_people_write_is_no_reason_to_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    assert manifest.yaml(ORDINARY)
    monkeypatch.setattr(manifest, "yaml", lambda text: pytest.fail(text) if text else {})
    assert verify.commands([".pre-commit-config.yaml"], {".pre-commit-config.yaml": ORDINARY}) == {
        "pre_commit": "pre-commit run --all-files"
    }


def test_no_line_holds_what_a_shell_would_run() -> None:
    scripts = package(**{"test; rm -rf ~": "x", "$(test)": "x", "test\n": "x", "te st": "x", "chec\u212a": "x"})
    assert verify.commands(["package.json"], {"package.json": scripts}) == {}
    environment = "[tool.hatch.envs.'types; rm'.scripts]\ncheck = 'x'\n[tool.hatch.envs.'$(x)'.scripts]\ntest = 'x'"
    assert verify.commands(["pyproject.toml"], {"pyproject.toml": environment}) == {}


WORDS = st.sampled_from(
    [
        "test",
        "lint:",
        "tasks:",
        "[tool.hatch.envs.x.scripts]",
        "[tox]",
        '"scripts"',
        "{",
        "}",
        "=",
        ":",
        "\n",
        "  ",
        "'x'",
        "@nox.session",
    ]
)
TEXTS = st.text(max_size=20) | st.lists(WORDS, max_size=12).map("".join)


@given(st.dictionaries(st.sampled_from(verify.MANIFESTS), TEXTS, max_size=4), st.lists(st.text(max_size=5)))
def test_any_texts_give_lines_for_a_shell(texts: dict[str, str], names: list[str]) -> None:
    found = verify.commands([*names, *texts], texts)
    assert len(found) <= 6
    for label, line in found.items():
        assert label.startswith(LABELS)
        assert label.isidentifier()
        assert re.fullmatch(r"[\w ./:&;'()*-]+", line, re.ASCII)


VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["test", "scripts", "tasks", "packageManager", "lint"]), inner, max_size=3)
    ),
)


@given(VALUES, st.sampled_from(["package.json", "deno.json", "composer.json", "Taskfile.yml", "pubspec.yaml"]))
def test_any_shape_is_taken(value: object, name: str) -> None:
    assert len(verify.commands([name], {name: json.dumps(value)})) <= 6


ROOT = {"all": "nox", "lint": "nox -s lint"}
WEB = {"test": "npm test", "lint": "npm run lint"}


@pytest.mark.parametrize(
    ("directories", "declared", "expected"),
    [
        pytest.param([], {}, {}, id="nothing"),
        pytest.param(["packages/web", "."], {}, {}, id="nothing declared"),
        pytest.param(["."], {".": ROOT}, ROOT, id="top"),
        pytest.param(["src", "."], {"src": {}, ".": ROOT}, ROOT, id="directory of the top"),
        pytest.param([".", "packages/web"], {"packages/web": WEB, ".": ROOT}, ROOT, id="top first"),
        pytest.param(
            ["packages/web/src", "packages/web", "."],
            {"packages/web": WEB, ".": ROOT},
            {
                "test": "cd packages/web && npm test",
                "lint": "cd packages/web && npm run lint",
                "root_all": "nox",
                "root_lint": "nox -s lint",
            },
            id="package",
        ),
        pytest.param(
            ["packages/web", "packages"],
            {"packages/web": {"lint": "x"}, "packages": {"test_make": "make test"}},
            {"test_make": "cd packages && make test"},
            id="tests above",
        ),
        pytest.param(["packages/web"], {"packages/web": {"lint": "x"}, ".": ROOT}, ROOT, id="no tests there"),
        pytest.param(["web"], {"web": {"lint": "x"}, ".": {"types": "y"}}, {"types": "y"}, id="no tests at all"),
        pytest.param(["a", "b"], {"a": {"lint": "x"}, "b": {"lint": "y"}}, {"lint": "cd a && x"}, id="only form"),
        pytest.param(["a b;c"], {"a b;c": {"test": "x"}}, {"test": "cd 'a b;c' && x"}, id="quoted"),
        pytest.param(["-x"], {"-x": {"test": "x"}}, {"test": "cd ./-x && x"}, id="like an option"),
        pytest.param(["a\nb", "c"], {"a\nb": {"test": "x"}, "c": {"check": "y"}}, {"check": "cd c && y"}, id="newline"),
        pytest.param(["\udcff"], {"\udcff": {"test": "x"}, ".": ROOT}, ROOT, id="no text"),
        pytest.param(
            ["a"],
            {"a": {f"test_{n}": "x" for n in range(6)}, ".": {"all": "nox", "lint": "y", "types": "z"}},
            {**{f"test_{n}": "cd a && x" for n in range(6)}, "root_all": "nox", "root_lint": "y"},
            id="eight of many",
        ),
    ],
)
def test_nearest(directories: list[str], declared: dict[str, dict[str, str]], expected: dict[str, str]) -> None:
    found = verify.nearest(directories, declared)
    assert found == expected
    assert list(found) == list(expected)


def test_lock_files_are_inherited() -> None:
    assert {"pnpm-lock.yaml", "uv.lock"} <= verify.INHERITED
    assert "Pipfile" not in verify.INHERITED

"""Tools that know by themselves how to verify a project which declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase, translate

from mpm_hooks.lean import compiled
from mpm_hooks.verify import manifest
from mpm_hooks.verify.project import Command, Project

_CTEST = r"(?i)^[ \t]*(?:enable_testing[ \t]*\(|include[ \t]*\([ \t]*CTest\b)"
_CTEST_LINE = "cmake -B build && cmake --build build && ctest --test-dir build"
_GEM = r"^[ \t]*gem[ \t(]+['\"]rspec(?:-rails)?['\"]"
_RAKE_SPEC = r"RSpec::Core::RakeTask\.new(?![ \t]?\(?[ \t]?(?::(?!spec\b)|['\"](?!spec['\"])))"
_RAKE_TEST = (
    r"Rake::TestTask\.new(?![ \t]?\(?[ \t]?(?::(?!test\b)|['\"](?!test['\"])))"
    r"|^[ \t]*task[ \t(]+(?::test\b|['\"]test['\"]|test:)"
)

# Tool, its file (or two, both of which must be there), what the text of the first says (nothing: that the file is there
# suffices), what is verified, how. Of the rows of a tool and a label the first that applies holds.
_CONVENTIONS = (
    ("pre_commit", ".pre-commit-config.yaml", r"^repos:", "pre_commit", "pre-commit run --all-files"),
    ("pre_commit", "prek.toml", r"repos\b", "pre_commit", "prek run --all-files"),
    ("rust", "Cargo.toml", r"^\[workspace\]", "test", "cargo test --workspace"),
    ("rust", "Cargo.toml", r"^\[package\]", "test", "cargo test"),
    ("rust", "Cargo.toml", r"^\[(?:workspace\.)?lints\b", "lint", "cargo clippy"),
    ("rust", "clippy.toml", "", "lint", "cargo clippy"),
    ("rust", "rustfmt.toml", "", "format", "cargo fmt --check"),
    ("go", "go.mod", r"^module\s", "test", "go test ./..."),
    ("go", ".golangci.*", "", "lint", "golangci-lint run"),
    ("gradle", "build.gradle* gradlew", "", "test", "./gradlew test"),
    ("gradle", "settings.gradle* gradlew", "", "test", "./gradlew test"),
    ("gradle", "build.gradle*", "", "test", "gradle test"),
    ("gradle", "settings.gradle*", "", "test", "gradle test"),
    ("maven", "pom.xml mvnw", r"<project\b", "test", "./mvnw -q verify"),
    ("maven", "pom.xml", r"<project\b", "test", "mvn -q verify"),
    ("bazel", "MODULE.bazel", "", "test", "bazel test //..."),
    ("bazel", "WORKSPACE.bazel", "", "test", "bazel test //..."),
    ("scala", "build.sbt", "", "test", "sbt test"),
    ("clojure", "project.clj", r"^\(defproject\s", "test", "lein test"),
    ("dotnet", "*.sln", "", "test", "dotnet test"),
    ("dotnet", "*.slnx", "", "test", "dotnet test"),
    ("dotnet", "*.csproj", "", "test", "dotnet test"),
    ("dotnet", "*.fsproj", "", "test", "dotnet test"),
    ("cmake", "CMakeLists.txt", _CTEST, "test", _CTEST_LINE),
    ("meson", "meson.build", r"^[ \t]*test[ \t]*\(", "test", "meson setup build && meson test -C build"),
    ("zig", "build.zig", r"\.step\([ \t]*\"test\"", "test", "zig build test"),
    ("ruby", "Rakefile Gemfile", _RAKE_TEST, "test", "bundle exec rake test"),
    ("ruby", "Rakefile", _RAKE_TEST, "test", "rake test"),
    ("ruby", "Rakefile Gemfile", _RAKE_SPEC, "test", "bundle exec rake spec"),
    ("ruby", "Rakefile", _RAKE_SPEC, "test", "rake spec"),
    ("ruby", "Gemfile", _GEM, "test", "bundle exec rspec"),
    ("ruby", ".rspec Gemfile", "", "test", "bundle exec rspec"),
    ("ruby", ".rspec", "", "test", "rspec"),
    ("ruby", ".rubocop.yml Gemfile", "", "lint", "bundle exec rubocop"),
    ("ruby", ".rubocop.yml", "", "lint", "rubocop"),
    ("php", "phpunit.xml*", "", "test", "vendor/bin/phpunit"),
    ("php", "phpstan.neon*", "", "types", "vendor/bin/phpstan analyse"),
    ("elixir", "mix.exs", r"\bdef project\b", "test", "mix test"),
    ("elixir", ".credo.exs", "", "lint", "mix credo"),
    ("elixir", ".formatter.exs", "", "format", "mix format --check-formatted"),
    ("gleam", "gleam.toml", r"^name\b", "test", "gleam test"),
    ("swift", "Package.swift", r"\.testTarget\(", "test", "swift test"),
    ("dart", "analysis_options.yaml", "", "lint", "dart analyze"),
    ("ocaml", "dune-project", "", "test", "dune runtest"),
    ("haskell", "stack.yaml", "", "test", "stack test"),
    ("haskell", "cabal.project", "", "test", "cabal test all"),
    ("julia", "Project.toml", r"^\[targets\]", "test", "julia --project -e 'using Pkg; Pkg.test()'"),
    ("solidity", "foundry.toml", "", "test", "forge test"),
    ("nix", "flake.nix", r"\bchecks\b", "check", "nix flake check"),
)
_STARRED = re.compile("|".join(translate(file) for row in _CONVENTIONS for file in row[1].split() if "*" in file))
_VALUE = (
    r"""(?:[\w./~^$(\\][^\[\]{}#'":]*+(?::(?=\S)[^\[\]{}#'":]*+)*+|'[^']*+'|"[^"\\]*+\""""
    r"""|\[(?:[\w.,=/+<>~! -]|'[^']*+'|"[^"\\]*+")*+\])"""
)
_ORDINARY = rf" *+(?:- ++)*+(?:[A-Za-z_][\w-]*+:(?: ++{_VALUE})?|{_VALUE})? *+(?:#.*)?"
"""A line of the YAML that people write into settings: a key, an item, and what stands behind them on that line."""
MANIFESTS = (*dict.fromkeys(files.split()[0] for _, files, says, _, _ in _CONVENTIONS if says), "pubspec.yaml")


def commands(project: Project) -> Iterator[Command]:
    """Yield what the conventions of the project's tools are."""
    plain, starred = frozenset(project.names), frozenset(filter(_STARRED.match, project.names))
    for tool, files, says, label, line in _CONVENTIONS:
        first, *others = files.split()
        is_there = all(
            _is_there(starred if "*" in file else plain, file) for file in (*others, *([] if says else [first]))
        )
        if is_there and (not says or re.search(says, _sound(project, first), re.MULTILINE)):
            yield Command(label=label, tool=tool, line=line)
    developing = manifest.yaml(project.text("pubspec.yaml")).get("dev_dependencies", ())
    for package, line in (("flutter_test", "flutter test"), ("test", "dart test")):
        if package in developing:
            yield Command(label="test", tool="dart", line=line)


def _is_there(names: AbstractSet[str], pattern: str) -> bool:
    """Tell whether there is a file of this name; with a star the names are few."""
    return pattern in names or ("*" in pattern and any(fnmatchcase(name, pattern) for name in names))


def _sound(project: Project, file: str) -> str:
    """Return the text of a manifest, nothing if it breaks the rules of its syntax."""
    text = project.text(file)
    read = _SYNTAX.get(file.rpartition(".")[2])
    return text if read is None or read(text) else ""


def _is_yaml(text: str) -> bool:
    """Tell whether a text is YAML; most projects that pause have one, and PyYAML takes a fifth of a pause to import."""
    return all(map(compiled(_ORDINARY).fullmatch, text.split("\n"))) or bool(manifest.yaml(text))


_SYNTAX: Mapping[str, Callable[[str], object]] = {"toml": manifest.toml, "yaml": _is_yaml}

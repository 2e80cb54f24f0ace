"""Findings -> SARIF 2.1.0, the form in which code scanning services read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from urllib.parse import quote

from mpm_hooks import __version__, manual, rules
from mpm_hooks.finding import Finding
from mpm_hooks.policy import Judged
from mpm_hooks.report import printable
from mpm_hooks.report.json_form import dumped, items, plain
from mpm_hooks.rules import FAMILIES, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/mpm-hooks/mpm-hooks"
TOP = "%SRCROOT%"
"""The name under which readers know the top of the repository."""

_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte of a file name."""


def lines(judged: Iterable[Judged], *, show_suppressed: bool = False, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - data shows all, and has no colour
    """Write the findings as they come, those that are suppressed, too."""
    catalogue = rules.catalogue()
    run = {
        "tool": {"driver": _driver(catalogue)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {TOP: {"description": {"text": "The top of the repository"}}},
    }
    log, opened = dumped({"$schema": SCHEMA, "version": "2.1.0"}), dumped(run)
    yield f'{log[:-1]}, "runs": [{opened[:-1]}, "results": ['
    yield from items(_results(judged, {rule.code: index for index, rule in enumerate(catalogue)}))
    yield "]}]}"


def _driver(catalogue: Sequence[Rule]) -> Mapping[str, object]:
    return {
        "name": "mpm-hooks",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_descriptor(rule) for rule in catalogue],
    }


def _descriptor(rule: Rule) -> Mapping[str, object]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why or f"{rule.title}."},
        "help": {"text": "\n".join(manual.text(rule)), "markdown": "\n".join(manual.markdown(rule))},
        "helpUri": manual.address(rule),
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [FAMILIES[rule.family][0]]},
    }


def _results(judged: Iterable[Judged], indices: Mapping[str, int]) -> Iterator[Mapping[str, object]]:
    seen: Counter[str] = Counter()
    for each in judged:
        found = each.finding
        fingerprint = _fingerprint(found)
        seen[fingerprint] += 1
        result: dict[str, object] = {
            "ruleId": found.code,
            "ruleIndex": indices.get(found.code, -1),
            "level": found.severity,
            "message": {"text": _shown(found)},
            "locations": [_location(found)],
            "partialFingerprints": {"mpmHooksFinding/v1": f"{fingerprint}:{seen[fingerprint]}"},
        }
        if each.suppressed:
            accepted = "accepted in per-session-ignores, under [tool.mpm-hooks] of pyproject.toml"
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": accepted}]
        yield result


def _location(found: Finding) -> Mapping[str, object]:
    place = {
        "artifactLocation": _artifact(found.path),
        "region": {"startLine": found.line, "startColumn": found.column},
    }
    if not found.field:
        return {"physicalLocation": place}
    return {
        "physicalLocation": place,
        "logicalLocations": [{"fullyQualifiedName": plain(found.field), "kind": "property"}],
    }


def _artifact(path: str) -> Mapping[str, object]:
    """Say where a file is; bytes of its name that are no text stay what they are."""
    uri = quote(_NO_BYTE.sub("\ufffd", path).encode("utf-8", "surrogateescape"))
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    if path[1:3] == ":/":
        return {"uri": f"file:///{path[0]}:{uri[4:]}"}
    return {"uri": uri, "uriBaseId": TOP}


def _shown(found: Finding) -> str:
    """Write what is shown, in which `[…](…)` would be a link to wherever a session says."""
    return f"{printable(found.message)}\n-> {printable(found.way_out)}".replace("](", "] (")


def _fingerprint(found: Finding) -> str:
    """Tell findings apart by what does not change when lines move: the field, or the message without its figures."""
    what = found.field or re.sub(r"\d+", "0", found.message)
    return sha256(repr((found.code, found.path, what)).encode()).hexdigest()[:16]

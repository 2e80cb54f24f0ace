"""A folder of sessions -> what to write in its place; ``folder`` says what, a module a part.

Most commits bring sessions that are as they should be. Here stands what tells those, so that they need not wait for
what mends the others.
"""

from __future__ import annotations

from mpm_hooks import check, session
from mpm_hooks.check import Folder
from mpm_hooks.finding import ERROR, Finding, MalformedError
from mpm_hooks.fix import portable
from mpm_hooks.lean import laid_out
from mpm_hooks.parse import LARGEST, json_form
from mpm_hooks.render import block, md_form, pointer
from mpm_hooks.session import FORMS, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def wanted(names: AbstractSet[str], chosen: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names that have to be read to mend the chosen files: as for a check, and the checksums left behind."""
    ids = session.ids(chosen)
    sums = {name for name in names if session.is_checksum(name) and any(name.startswith(f".{each}") for each in ids)}
    return check.wanted(names, chosen) | sums


def is_in_order(found: Folder) -> bool:
    """Tell a folder in which every file that is looked at is, to the byte, what we would write: nothing is to mend.

    Of any other nothing is said: it may be in order all the same, as claude-mpm lays out its files, say.
    """
    newest = max(filter(session.is_second, session.ids(found.names)), default="")
    ids = session.ids(found.contents)
    names = {session.POINTER, *(f"{each}.{form}" for each in ids for form in FORMS)}
    return (
        {*found.contents} == names
        and not found.odd
        and found.contents[session.POINTER] == pointer.render(newest).encode()
        and all(_is_as_written(found, each) for each in ids)
        and not any(map(is_ours, check.check(found)))
    )


def is_ours(finding: Finding) -> bool:
    """Tell an error in what is derived: whatever else a check has to say is not ours to mend."""
    name = finding.path.rpartition("/")[2]
    is_form = session.split(name) is not None or name == session.POINTER
    return is_form and finding.severity == ERROR and finding.code.startswith(("MPM1", "MPM201", "MPM3"))


def _is_as_written(found: Folder, session_id: str) -> bool:
    """Tell a session of ours of which each form is what its json makes of it, and the json nothing to take out of."""
    contents = {form: found.contents[f"{session_id}.{form}"] for form in FORMS}
    if any(b"\r" in each or len(each) > LARGEST for each in contents.values()) or not session.is_second(session_id):
        return False
    try:
        texts = {form: content.decode() for form, content in contents.items()}
        data = json_form.parse("", contents["json"]).data
    except (UnicodeDecodeError, MalformedError):
        return False
    said = Session(id=session_id, data=data)
    return (
        "generator" in data
        and portable.portable(dict(data), has_yaml=True) == data
        and texts["json"] == f"{laid_out(data)}\n"
        and texts["yaml"] == block.ours(data)
        and texts["md"] == md_form.render(said)
    )

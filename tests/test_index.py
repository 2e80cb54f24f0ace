"""An index of ours is one to git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import index, objects, repo
from mpm_hooks.index import Staged

pytestmark = pytest.mark.once


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_git_reads_what_is_written(tmp_path: Path, kind: str) -> None:
    git("init", "--quiet", f"--object-format={kind}", str(tmp_path))
    found = repo.locate(tmp_path)
    assert found
    with objects.opened(found) as known:
        blob = known.name(b"text\n")
        files = [
            *(Staged(name=b"x" * length, mode="100644", blob=blob, clean=length % 2 == 0) for length in range(1, 20)),
            Staged(name=b"deep/" * 1000, mode="100755", blob=blob),
            *(
                Staged(name=b"conflict", mode="120000", blob=known.name(b"%d" % stage), stage=stage)
                for stage in (3, 1, 2)
            ),
            Staged(name=b"caf\xe9\ntwo", mode="160000", blob=blob, clean=True),
        ]
        (tmp_path / ".git/index").write_bytes(index.written(files, known.digest))
    listed = git("-C", str(tmp_path), "ls-files", "-z", "-v", "--stage").removesuffix(b"\0").split(b"\0")
    assert listed == [
        b"%b %b %b %d\t%b"
        % (b"S" if each.clean else b"M" if each.stage else b"H", *spelled(each), each.stage, each.name)
        for each in sorted(files, key=lambda each: (each.name, each.stage))
    ]


def spelled(file: Staged) -> tuple[bytes, bytes]:
    return file.mode.encode(), file.blob.encode()


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], check=True, capture_output=True).stdout


def test_what_is_clean_is_not_looked_at(repository: Repository) -> None:
    repository.write("kept.txt", "nobody looks at this\n")
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        blob = known.entries("HEAD^{tree}")[b"kept.txt"][1]
        for clean, shown in ((True, ""), (False, "1\t1\tkept.txt\n")):
            written = index.written([Staged(name=b"kept.txt", mode="100644", blob=blob, clean=clean)], known.digest)
            (repository.path / ".git/index").write_bytes(written)
            assert repository.git("diff", "--numstat", "HEAD", "--") == shown

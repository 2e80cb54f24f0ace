"""Fuzz one target until the time is over or it breaks: ``python tests/fuzz/fuzz.py TARGET FOLDER SECONDS FOUND``."""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # it says nothing of its types

with atheris.instrument_imports(include=["mpm_hooks"]):
    import targets

_HANGS = 30
"""Seconds after which libFuzzer itself ends an input that does not come back."""

_PLAIN = re.compile(rb"[ !#-\[\]-~]")


def main(name: str, folder: Path, seconds: str, found: Path) -> None:
    """Fuzz; ``folder`` keeps the inputs that were worth it, so that the next run goes on from there."""
    target = targets.TARGETS[name]
    for content in target.seeds():
        (folder / sha256(content).hexdigest()).write_bytes(content)
    dictionary = folder.parent / f"{name}.words"
    dictionary.write_text("".join(f'"{_spelt(word)}"\n' for word in targets.words(target)), encoding="ascii")
    options = {
        "max_len": targets.MOST_BYTES,
        "max_total_time": seconds,
        "timeout": _HANGS,
        "rss_limit_mb": 4096,  # an input is held to its own limit; this is what all of them leave behind
        "dict": dictionary,
        "artifact_prefix": f"{found}/",
        "print_final_stats": 1,
    }
    words = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], str(folder), *words], lambda content: targets.bounded(target, content))
    atheris.Fuzz()


def _spelt(word: bytes) -> str:
    """Spell a word as libFuzzer's dictionaries do."""
    return "".join(chr(byte) if _PLAIN.match(bytes([byte])) else f"\\x{byte:02X}" for byte in word)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))

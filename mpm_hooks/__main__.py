"""``python -m mpm_hooks`` is the same as ``mpm-hooks``."""

import sys

from mpm_hooks.main import run

sys.exit(run())

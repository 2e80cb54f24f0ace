"""``python -m mpm_hooks`` is the same as ``mpm-hooks``."""

import sys

from mpm_hooks.main import main

sys.exit(main())

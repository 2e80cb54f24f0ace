"""How the pages become a site: ``nox -s docs``. Nothing on it is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

project = "mpm-hooks"
_SOURCE = (Path(__file__).parent.parent / "mpm_hooks" / "__init__.py").read_text(encoding="utf-8")
(release,) = re.findall(r'^__version__ = "(.*)"', _SOURCE, re.MULTILINE)
version = release
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["README.md"]
nitpicky = True
myst_heading_anchors = 3  # as GitHub names them
html_theme = "furo"
html_title = f"mpm-hooks {release}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "source_repository": "https://github.com/mpm-hooks/mpm-hooks/",
    "source_branch": "main",
    "source_directory": "docs/",
}
html_static_path = ["_static"]
html_css_files = ["site.css"]

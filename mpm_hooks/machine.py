"""What this machine and its user are called."""

from __future__ import annotations

import os

_NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME")
"""Where systems keep the user's name, in the order of ``getpass.getuser``, which takes its time to import."""


def host() -> str:
    """Return the name of the machine, empty if it has none."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def user() -> str:
    """Return the name of the user, empty where there is none: a container may run under a number."""
    if told := next((name for key in _NAMES if (name := os.environ.get(key))), ""):
        return told
    try:
        from pwd import getpwuid  # noqa: PLC0415 - the environment mostly tells

        return getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return ""

"""Print the JSON Schema of a session, or of a line of a record."""

from __future__ import annotations

import argparse
import json

from mpm_hooks import report, schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--record", action="store_true", help="of a line of an auto-pause's record (.jsonl)")


def run(args: argparse.Namespace) -> int:
    """Print the schema in ASCII, which every encoding of a redirected output keeps."""
    print(json.dumps(schema.record() if args.record else schema.session(), indent=2))
    return report.CLEAN

"""Show a session in full."""

from __future__ import annotations

import argparse
import sys

from mpm_hooks import commands, inquiry
from mpm_hooks.briefing import json_form, markdown, text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    commands.add_selector(parser)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Print all of a session; 1 if there is none, or nobody can read it."""
    answer = inquiry.answer(args.selector, commands.place(), commands.screen(sys.stderr))
    for line in answer.said:
        print(line, file=sys.stderr)
    if answer.briefing and args.format == "json":
        print(json_form.show(answer.briefing))
    elif answer.briefing:
        shown, screen = answer.briefing, commands.screen(sys.stdout)
        for line in markdown.show(shown) if args.format == "markdown" else text.show(shown, screen):
            print(line)
    return answer.status

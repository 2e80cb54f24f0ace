"""Say what the next one needs to go on from a session."""

from __future__ import annotations

import argparse
import sys

from mpm_hooks import commands, inquiry, notice, resumption, shelf
from mpm_hooks.briefing import json_form, markdown, text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    commands.add_selector(parser)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="default: text")
    parser.add_argument("--notice", action="store_true", help="only name the newest session, if it is of these days")


def run(args: argparse.Namespace) -> int:
    """Print what the next one needs first; 1 if there is no session, or nobody can read it."""
    place = commands.place()
    if args.notice:
        for line in notice.lines([each.id for each in shelf.of(place.top).kept], place.now):
            print(line)
        return 0
    answer = inquiry.answer(args.selector, place, commands.screen(sys.stderr))
    for line in answer.said:
        print(line, file=sys.stderr)
    if answer.briefing and answer.kept:
        policy = commands.policy(argparse.Namespace(select=(), ignore=()), place.top)
        found = resumption.whole(answer.briefing, answer.kept, place, policy)
        if args.format == "json":
            print(json_form.resume(found))
            return answer.status
        screen = commands.screen(sys.stdout)
        for line in markdown.resume(found) if args.format == "markdown" else text.resume(found, screen):
            print(line)
    return answer.status

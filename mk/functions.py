#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How long the functions are: median, 90th percentile and longest of each room.

usage: mk/functions.py [-n N] [FOLDER...]

A function is what clang-format leaves of one: an opening brace alone in the
first column, up to the closing one. Its length is the lines between the two.
Tables and types are not functions: their brace does not stand alone. -n lists
the N longest. Fails where all rooms together are above one of LIMITS.
"""
import argparse
import pathlib
import re
import statistics
import sys

LIMITS = {"median": 12, "p90": 25, "longest": 50}
ROOMS = ["base", "ipc", "broker", "broker/validate", "cmd",
         "sandboxed_parsers/init", "sandboxed_parsers/copier",
         "sandboxed_parsers/runtime"]
NAME = re.compile(r"^(?:static\s.*?\b)?(\w+)\(")


def functions(path):
    """(length, name, line) of each function of a file."""
    name, start = None, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = NAME.match(line)
        if match and start is None:
            name = match[1]
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield number - start - 1, name or "?", start
            start = None


def figures(lengths):
    ordered = sorted(lengths)
    return {
        "median": statistics.median_low(ordered),
        "p90": ordered[(len(ordered) * 9 - 1) // 10],
        "longest": ordered[-1],
    }


def show(room, found):
    is_now = figures([n for n, _, _ in found])
    print(f"{room:28} {len(found):5} {is_now['median']:6} "
          f"{is_now['p90']:4} {is_now['longest']:7}")
    return is_now


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=0)
    parser.add_argument("folder", nargs="*")
    args = parser.parse_args()
    top = pathlib.Path(__file__).resolve().parent.parent
    found = []

    print(f"{'room':28} {'count':>5} {'median':>6} {'p90':>4} {'longest':>7}")
    for room in args.folder or ROOMS:
        here = [(n, f"{path.relative_to(top)}:{line}", name)
                for path in sorted((top / room).glob("*.c"))
                for n, name, line in functions(path)]
        if here:
            show(room, here)
        found += here
    if not found:
        sys.exit("no functions there")
    over = [name for name, value in show("all", found).items()
            if value > LIMITS[name]]
    for n, where, name in sorted(found, reverse=True)[:args.n]:
        print(f"{n:6} {where} {name}")
    if over:
        sys.exit("over the limit: "
                 + ", ".join(f"{name} {LIMITS[name]}" for name in over))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What `make coverage` prints: lines and branches by room and by file, the
places that no test reached, and the figures held against their targets.

usage: mk/cov.py BUILD ROOM...
"""
import collections
import json
import os
import subprocess
import sys

TARGETS = (("line", 95), ("branch", 90))
LONGEST = 25    # places shown


def counts(build):
    """gcovr's word on every file of the library: {file: lines}."""
    out = os.path.join(build, "coverage.json")
    subprocess.run(["gcovr", "-r", ".", "--object-directory", build, "--json",
                    out, "--filter", "broker/", "--filter", "ipc/",
                    "--gcov-ignore-parse-errors", build + "/pic"], check=True)
    with open(out, encoding="utf-8") as file:
        return {f["file"]: f["lines"] for f in json.load(file)["files"]}


def tally(lines):
    hit, all_of = collections.Counter(), collections.Counter()
    for line in lines:
        if line.get("gcovr/noncode"):
            continue
        all_of["line"] += 1
        hit["line"] += line["count"] > 0
        all_of["branch"] += len(line["branches"])
        hit["branch"] += sum(b["count"] > 0 for b in line["branches"])
    return hit, all_of


def percent(hit, of):
    return 100.0 * hit / of if of else 100.0


def row(name, hit, of):
    print(f"{name:<32}" + "".join(
        f" {hit[k]:>6} of {of[k]:>5} {percent(hit[k], of[k]):6.1f} %"
        for k, _ in TARGETS))


def holes(files):
    """Runs of lines that were never reached, longest first."""
    found = []
    for name, lines in files.items():
        run = []
        for line in lines + [None]:
            if line is not None and line["count"] == 0 and \
                    not line.get("gcovr/noncode"):
                run.append(line["line_number"])
            elif run:
                found.append((len(run), name, run[0], run[-1]))
                run = []
    return sorted(found, reverse=True)[:LONGEST]


def main():
    build, rooms = sys.argv[1], sys.argv[2:]
    files = counts(build)
    whole = (collections.Counter(), collections.Counter())
    print(f"{'':<32}   lines                    branches")
    for name, lines in sorted(files.items()):
        row(name, *tally(lines))
    print()
    for room in rooms:
        of_room = [line for name, lines in files.items()
                   if os.path.dirname(name) == room for line in lines]
        hit, all_of = tally(of_room)
        row(room + "/", hit, all_of)
        if room.split("/")[0] == "broker":
            whole[0].update(hit)
            whole[1].update(all_of)
    row("broker and validator", *whole)
    print("\nnever reached:")
    for length, name, first, last in holes(files):
        print(f"  {name}:{first}-{last} ({length} lines)")
    bad = False
    for key, target in TARGETS:
        got = percent(whole[0][key], whole[1][key])
        print(f"# score {key}-coverage {int(got)} >={target}")
        bad |= got < target
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

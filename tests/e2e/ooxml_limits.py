#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Bombs of our own making through `glovebox text`, under both lockdowns: each
ends in the limit that it is made for, by name. And an arena of every size: text
or the limit `memory`, nothing else.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
sys.dont_write_bytecode = True
import bombs  # noqa: E402
import mkooxml  # noqa: E402
from tap import Results  # noqa: E402

# what, document, options, limit
BOMBS = [
    ("entities", bombs.laughs, [], "ratio"),
    ("white space", bombs.white_space, [], "ratio"),
    ("members", bombs.members, [], "members"),
    ("nesting", bombs.deep, [], "depth"),
    ("text", lambda: mkooxml.docx(mkooxml.para("x" * 2000)),
     ["--limit", "text=1000"], "text"),
    ("output", lambda: mkooxml.docx(mkooxml.para("x" * 9000)),
     ["--limit", "output=4096"], "output"),
    ("records", lambda: mkooxml.docx("", title="a", author="b"),
     ["--limit", "records=1"], "records"),
    ("slides", mkooxml.deck, ["--limit", "pages=2"], "pages"),
]


def run(command, path, options):
    done = subprocess.run([command, "text", "--json", *options, path],
                          stdout=subprocess.PIPE, timeout=60)
    return json.loads(done.stdout.decode().splitlines()[0])


def limits(command, path, tap):
    for what, make, options, limit in BOMBS:
        with open(path, "wb") as f:
            f.write(make())
        for lockdown in ("filter", "strict"):
            got = run(command, path, options + ["--lockdown", lockdown])
            if got["verdict"] == "unavailable":
                tap.say(True, f"{what}, {lockdown} # SKIP unavailable here")
                continue
            tap.say(got["verdict"] == "limit" and got.get("limit") == limit,
                    f"{what}, {lockdown}: {got['verdict']} "
                    f"{got.get('limit')} in {got['elapsed_us']} us")


def arenas(command, path, tap):
    with open(path, "wb") as f:
        f.write(mkooxml.CASES["beside.docx"][0])
    want = mkooxml.CASES["beside.docx"][1]
    seen, wrong = {"ok": 0, "limit": 0}, []
    for size in range(4096, 200000, 4096):
        got = run(command, path, ["--limit", f"memory={size}"])
        if (got["verdict"], got.get("limit")) == ("limit", "memory"):
            seen["limit"] += 1
        elif got["verdict"] == "ok" and got["text"] == want:
            seen["ok"] += 1
        else:
            wrong.append((size, got["verdict"]))
    tap.say(not wrong and all(seen.values()),
            f"arenas of every size: {seen}, wrong: {wrong}")


def main():
    command = os.environ.get("GLOVEBOX", "build/release/glovebox")
    tap = Results()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bomb.docx")
        limits(command, path, tap)
        arenas(command, path, tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

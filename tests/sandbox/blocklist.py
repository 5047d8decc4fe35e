#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""docs/BLOCKLIST.md is what `make blocklist` prints, and still true here.

Runs the command's program and compares: the list itself word for word, the rest
in form, for what a kernel has differs. Prints TAP. Fails if taken out: a row of
tests/support/denylist.def; denylist_load (then the list's own calls act); or if
schemas/calls.def has a row GBX_LAST more.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
PROGRAM = os.path.join(os.environ.get("B") or "build/release",
                       "tests/sandbox/blocklist")
TESTS = ["the list in docs/BLOCKLIST.md is the one that is tried",
         "docs/BLOCKLIST.md has the form of what is printed",
         "what is worth telling is told with the same words",
         "nothing that the list refuses acts, and much else does",
         "behind our lock none of those acts"]


def rows(text, name):
    body = text.split(f"<!-- {name} -->\n", 1)[1].split("<!-- end -->", 1)[0]
    return [tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in body.splitlines()[2:]]


def form(text):
    """Headings and sentences; no figures, versions, tables or names."""
    text = re.sub(r"<!-- (\w+) -->.*?<!-- end -->", r"<\1>", text, flags=re.S)
    text = re.sub(r"```.*?```", "<names>", text, flags=re.S)
    text = re.sub(r"\(Linux [^)]*\)", "(machine)", text)
    return re.sub(r"\d+", "N", text)


def names(text):
    """Of x86-64 and of i386."""
    return [set(block.split())
            for block in re.findall(r"```\n(.*?)```", text, flags=re.S)]


def score(name, value, target):
    print(f"# score {name} {value} {target}")


def check(doc, out):
    """Yields a list of faults for each of TESTS."""
    yield [] if rows(doc, "denied") == rows(out, "denied") else \
        ["the tables differ: run `make blocklist`"]
    yield [] if form(doc) == form(out) else \
        ["the texts differ: run `make blocklist`"]

    told, now = dict(rows(doc, "worth")), dict(rows(out, "worth"))
    yield [f"not the same words: {name}" for name in set(told) & set(now)
           if told[name] != now[name]] \
        or ([] if set(told) & set(now) else ["none told"])

    always = {row[0].strip("`") for row in rows(out, "denied")
              if row[1] == "always"}
    acted = names(out)
    faults = [f"refused, yet it acted: {name}"
              for name in sorted(always & (acted[0] | acted[1]))]
    counts = {row[0]: [int(cell) for cell in row[1:]]
              for row in rows(out, "counts")}
    for abi in counts:
        tried, refused, through, absent = counts[abi]
        if tried != refused + through + absent:
            faults.append(f"{abi}: {tried} tried, "
                          f"{refused + through + absent} told")
    score("blocklist-through", sum(row[2] for row in counts.values()), "-")
    yield faults or ([] if counts["x86-64"][2] > 200 and always
                     else ["hardly anything acted"])

    again, held, exempt, broken = [int(n) for n in re.search(
        r"The same (\d+) calls again.*: (\d+) refused, (\d+) acted\s+\(.*"
        r"\*\*(\d+) others\*\*", out, flags=re.S).groups()]
    score("blocklist-through-our-lock", broken, "==0")
    yield [] if broken == 0 and held + exempt == again and 0 < exempt <= 3 \
        else [f"{again} tried, {held} refused, {exempt} + {broken} acted"]


def main():
    print(f"1..{len(TESTS)}")
    done = subprocess.run([PROGRAM], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode == 69:
        for number, name in enumerate(TESTS, 1):
            print(f"ok {number} - {name} # SKIP {done.stderr.strip()}")
        return 0
    if done.returncode not in (0, 70):
        print(f"Bail out! exit {done.returncode}: {done.stderr.strip()}")
        return 1
    with open(os.path.join(ROOT, "docs/BLOCKLIST.md"),
              encoding="utf-8") as file:
        doc = file.read()
    failed = 0
    for number, faults in enumerate(check(doc, done.stdout), 1):
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {TESTS[number - 1]}")
        for fault in faults:
            print(f"# {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Take one row out of a table at a time, and see a unit test turn red.

usage: tests/mutants/rows.py [-k WORD]

The tables say what other people's codes, constructs and names mean here; each
row stands for a verdict or for text that somebody would miss. A mutant is one
table without one row, found before the real one (-iquote): only the objects
that include it are compiled anew, and linked with what is built already.
Environment: B, MAKE. Closing line: rows N, caught N, survived N.
"""
import argparse
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
B = os.environ.get("B") or "build/release"
SECONDS = 120

# Each table and the tests that must miss a row.
PARSERS = "sandboxed_parsers/"
TABLES = {
    PARSERS + "avif/codes.def": ["avif/test_codes"],
    PARSERS + "gif/codes.def": ["gif/test_codes"],
    PARSERS + "heif/codes.def": ["heif/test_codes"],
    PARSERS + "jp2/codes.def": ["jp2/test_codes"],
    PARSERS + "jpeg/codes.def": ["jpeg/test_codes"],
    PARSERS + "png/codes.def": ["png/test_codes"],
    PARSERS + "tiff/codes.def": ["tiff/test_codes"],
    PARSERS + "webp/codes.def": ["webp/test_codes"],
    PARSERS + "ooxml/constructs.def": ["ooxml/test_constructs"],
    "schemas/types.def": ["broker/test_tables"],
}


def say_make(*arguments):
    return subprocess.run(
        [os.environ.get("MAKE", "make"), "-n", "V=1", *arguments], cwd=ROOT,
        check=True, stdout=subprocess.PIPE, text=True).stdout.replace(
            "\\\n", " ").splitlines()


class Test:
    """How a test program's objects that see the table are made, and it."""

    def __init__(self, table, name):
        self.program = f"{B}/tests/unit/{name}"
        lines = say_make("-W", table, self.program)
        self.link = shlex.split(next(
            line for line in lines if f" -o {self.program} " in line))
        self.compile = {}
        for line in lines:
            words = shlex.split(line)
            if "-c" in words and "-o" in words:
                place = words[words.index("-o") + 1]
                if self.sees(place, table):
                    self.compile[place] = words

    @staticmethod
    def sees(place, table):
        """By the compiler's own list of what an object is made of."""
        try:
            with open(os.path.join(ROOT, place[:-2] + ".d")) as file:
                return table in file.read().split()
        except FileNotFoundError:
            return False

    def is_red(self, overlay):
        made = []
        for place, words in self.compile.items():
            out = os.path.join(overlay, place.replace("/", "_"))
            words = [out if w == place else w for w in words
                     if w not in ("-MMD", "-MP")]
            words.insert(1, "-iquote" + overlay)
            if subprocess.run(words, cwd=ROOT, stderr=subprocess.DEVNULL,
                              check=False).returncode != 0:
                return True
            made.append((place, out))
        link, program = list(self.link), os.path.join(overlay, "program")
        for place, out in made:
            if place in link:
                link[link.index(place)] = out
            else:  # before the archive that has the real one
                link.insert(link.index(self.program) + 1, out)
        link[link.index(self.program)] = program
        subprocess.run(link, cwd=ROOT, check=True)
        try:
            return subprocess.run(
                [program], cwd=ROOT, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=SECONDS,
                check=False).returncode != 0
        except subprocess.TimeoutExpired:
            return True


def rows_of(text):
    """Start and end of each row: a macro's call that begins a line."""
    return [m.span() for m in re.finditer(
        r"^GBX_\w+\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\"|\([^()]*\))*\)", text, re.M)]


def survivors(table, tests):
    with open(os.path.join(ROOT, table)) as file:
        text = file.read()
    spans = rows_of(text)
    for start, end in spans:
        with tempfile.TemporaryDirectory() as overlay:
            place = os.path.join(overlay, table)
            os.makedirs(os.path.dirname(place))
            with open(place, "w") as file:
                file.write(text[:start] + text[end:])
            if not any(test.is_red(overlay) for test in tests):
                yield text[start:end].split("\n")[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-k", metavar="WORD", default="")
    word = parser.parse_args().k
    rows = survived = 0
    known = {os.path.relpath(p, ROOT) for p in glob.glob(
        os.path.join(ROOT, PARSERS, "*", "codes.def"))}
    if known - set(TABLES):
        sys.exit("rows.py: no test for %s" % sorted(known - set(TABLES)))
    for table, names in TABLES.items():
        if word not in table:
            continue
        tests = [Test(table, name) for name in names]
        with open(os.path.join(ROOT, table)) as file:
            n = len(rows_of(file.read()))
        left = 0
        for row in survivors(table, tests):
            print(f"survived: {table}: {row}", flush=True)
            left += 1
        print(f"{table}: rows {n}, survived {left}", flush=True)
        rows, survived = rows + n, survived + left
    print(f"rows {rows}, caught {rows - survived}, survived {survived}")
    return 1 if survived or not rows else 0


if __name__ == "__main__":
    sys.exit(main())

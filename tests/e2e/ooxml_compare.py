#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The text of every DOCX of the corpus, by `glovebox text` and by an extraction
of its own (zipfile and ElementTree): how many tokens they have in common. The
extraction writes no list numbers, charts or diagrams. Of a document that has
some nothing may be missing from the worker's text, and where it has list numbers
alone, what is more there must look like list numbers.

Environment: GLOVEBOX the command, GBX_CORPUS the corpus. TAP on stdout.
"""
import collections
import json
import os
import posixpath
import re
import statistics
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from tap import Results  # noqa: E402

MEDIAN = 0.98
SINGLE = 0.90
PARTS = ("header", "footer", "footnotes", "endnotes", "comments")
GONE = {"del", "moveFrom", "pPr", "rPr", "sectPr", "sdtPr", "delText",
        "instrText"}


# ---- an extraction that shares nothing with the parser ----------------------

def local(tag):
    return tag.rsplit("}", 1)[-1]


def walk(element, out):
    """Tokens are all that counts: every block ends in a space."""
    name = local(element.tag)
    if name in GONE:
        return
    if name == "AlternateContent":
        for child in element:
            if local(child.tag) in ("Choice", "Fallback"):
                walk(child, out)
                return
        return
    if name == "t" and element.text:
        out.append(element.text)
    if name in ("tab", "br", "cr", "ptab", "sym", "txbxContent"):
        out.append(" ")
    if name == "noBreakHyphen":
        out.append("\u2011")
    if name == "softHyphen":
        out.append("\u00ad")
    for child in element:
        walk(child, out)
    if name in ("p", "tc", "tr"):
        out.append(" ")


def relations(package, part):
    folder, file = posixpath.split(part)
    name = posixpath.join(folder, "_rels", file + ".rels")
    if name not in package.namelist():
        return
    for r in ET.fromstring(package.read(name)):
        if r.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(
                "/" + folder, r.get("Target"))).lstrip("/")
            yield r.get("Type").rsplit("/", 1)[-1], target


def extract(path):
    out = []
    with zipfile.ZipFile(path) as package:
        main = next(t for k, t in relations(package, "")
                    if k == "officeDocument")
        parts = [main] + sorted({t for k, t in relations(package, main)
                                 if k in PARTS})
        for part in parts:
            if part in package.namelist():
                walk(ET.fromstring(package.read(part)), out)
                out.append(" ")
    return "".join(out)


def has_more(path):
    """Why the worker's text may hold what extract() does not write."""
    with zipfile.ZipFile(path) as package:
        main = next(t for k, t in relations(package, "")
                    if k == "officeDocument")
        kinds = {k for k, _ in relations(package, main)}
    return sorted(kinds & {"numbering", "chart", "diagramData"})


# ---- comparison -------------------------------------------------------------

# A word of a list number: digits, roman numerals or a few letters.
LABEL = re.compile(r"\d+|[ivxlcdm]+|[a-z]{1,3}", re.I)

def tokens(text):
    return collections.Counter(re.findall(r"\w+", text))


def overlap(a, b):
    """2 x common / all (Dice); two empty texts are the same."""
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


def found(want, got):
    total = sum(want.values())
    return sum((want & got).values()) / total if total else 1.0


def glovebox_text(command, path):
    """The text, or None and why."""
    run = subprocess.run([command, "text", path], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=60)
    if run.returncode != 0:
        return None, run.stderr.decode(errors="replace").strip()
    return run.stdout.decode(), ""


def glovebox_json(command, path):
    run = subprocess.run([command, "text", "--json", path],
                         stdout=subprocess.PIPE, timeout=60)
    return json.loads(run.stdout.decode().splitlines()[0])


def documents(corpus):
    for folder in ("ooxml/valid",):
        where = os.path.join(corpus, folder)
        for name in sorted(os.listdir(where)):
            path = os.path.join(where, name)
            if (name.rsplit(".", 1)[-1] in ("docx", "docm", "dotx")
                    and zipfile.is_zipfile(path)):
                yield path


def compare(command, corpus, tap):
    shares = []
    for path in documents(corpus):
        name = os.path.basename(path)
        text, why = glovebox_text(command, path)
        if text is None:
            tap.say(False, f"{name}: refused: {why}")
            continue
        got, want = tokens(text), tokens(extract(path))
        more = has_more(path)
        share = found(want, got) if more else overlap(got, want)
        if more == ["numbering"]:
            odd = [t for t in (got - want) if not LABEL.fullmatch(t)]
            tap.say(not odd, f"{name}: no more than list numbers: {odd[:5]}")
        shares.append(share)
        tap.say(share >= SINGLE, f"{name}: {share:.4f}"
                + (f" of its tokens, beside {', '.join(more)}" if more else ""))
    median = statistics.median(shares) if shares else 0
    tap.say(median >= MEDIAN,
            f"median of {len(shares)} documents: {median:.4f}")
    report = glovebox_json(command, next(documents(corpus)))
    tap.say(report.get("verdict") == "ok" and report.get("format") == "docx",
            "one object as JSON")


def main():
    command = os.environ.get("GLOVEBOX", "build/release/glovebox")
    corpus = os.environ.get("GBX_CORPUS", "../shared/corpus")
    tap = Results()
    if not os.path.isdir(os.path.join(corpus, "ooxml/valid")):
        print("1..1\nok 1 - text of DOCX files # SKIP no corpus")
        return 0
    compare(command, corpus, tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

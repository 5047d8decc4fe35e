#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The documents say what the code says: fields, limits, verdicts, posture,
formats, and no document points at a file that is not there."""
import glob
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
DOCS = ["README.md", "SECURITY.md", "HACKING.md", "docs/PROTOCOL.md",
        "docs/DEPENDENCIES.md", "docs/FORMATS.md", "docs/PROCESSES.md",
        "docs/BLOCKLIST.md"]
TESTS = []


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def between(text, start):
    body = text.split(f"<!-- {start}", 1)[1].split("<!-- end", 1)[0]
    rows = [[cell.strip(" `") for cell in row.strip("|").split("|")]
            for row in body.splitlines() if row.startswith("|")]
    return [tuple(row) for row in rows[2:]]


def test(f):
    TESTS.append(f)
    return f


def differ(got, want):
    return ([f"missing: {row}" for row in want if row not in got]
            + [f"too many: {row}" for row in got if row not in want])


@test
def fields():
    """docs/PROTOCOL.md has every word of refusal"""
    want = re.findall(r'^GBX_FIELD\(\w+,\s*"([^"]+)",\s*"([^"]+)"\)',
                      read("broker/validate/fields.def"), re.M)
    return differ(between(read("docs/PROTOCOL.md"), "fields"), want) \
        or ([] if want else ["none found"])


@test
def broker_fields():
    """docs/PROTOCOL.md has the words that the broker adds"""
    text = read("docs/PROTOCOL.md")
    words = set(re.findall(r'bad_reply\("([^"]+)"\)', read("broker/judge.c")))
    words |= set(re.findall(r'refuse\(run, "([^"]+)"\)',
                            read("broker/harvest.c")))
    return [f"missing: {word}" for word in sorted(words)
            if f"`{word}`" not in text] \
        or ([] if len(words) > 7 else [f"only {sorted(words)} found"])


@test
def limits():
    """docs/PROTOCOL.md has every limit, default and ceiling"""
    want = re.findall(r'^GBX_LIMIT\((\d+),\s*\w+,\s*"(\w+)",\s*"(\w+)",'
                      r'\s*(\d+),\s*(\d+),\s*"([^"]+)"\)',
                      read("schemas/limits.def"), re.M)
    return differ(between(read("docs/PROTOCOL.md"), "limits"), want) \
        or ([] if want else ["none found"])


@test
def verdicts():
    """README.md explains every verdict"""
    names = re.findall(r"GBX_VERDICT_(\w+) = \d", read("include/glovebox.h"))
    text = read("README.md")
    return [f"missing: {name.lower()}" for name in names
            if f"| `{name.lower()}` |" not in text] \
        or ([] if names else ["none found"])


@test
def formats():
    """README.md names every format"""
    names = re.findall(r'^GBX_FORMAT\(\d+,\s*(\w+),', read(
        "schemas/formats.def"), re.M)
    text = read("README.md")
    return [f"missing: {name}" for name in names if f"**{name}**" not in text]


@test
def parsers_explain_themselves():
    """every format has its README"""
    formats = [os.path.dirname(path) for path in glob.glob(
        os.path.join(ROOT, "sandboxed_parsers", "*", "format.mk"))]
    return [f"missing: {name}/README.md" for name in formats
            if not os.path.exists(os.path.join(name, "README.md"))] \
        or ([] if formats else ["none found"])


@test
def paths():
    """every path that a document names is there"""
    tops = {name for name in os.listdir(ROOT) if name not in ("build", ".git")}
    faults = []
    for doc in DOCS:
        for path in re.findall(r"(?<![\w./:-])((?:[\w.-]+/)+[\w.-]*)",
                               read(doc)):
            path = path.rstrip(".")
            if path.split("/")[0] not in tops or "qoi" in path \
                    or "ROOM" in path or "FORMAT" in path:
                continue
            if path.endswith("/test_"):
                continue
            if not os.path.exists(os.path.join(ROOT, path)):
                faults.append(f"{doc}: {path}")
    return faults


def stems(folder):
    """Its sources; headers that no source has; its folders."""
    names = set(os.listdir(os.path.join(ROOT, folder)))
    return {name for name in names if name.endswith(".c")} \
        | {name for name in names if name.endswith(".h")
           and name[:-1] + "c" not in names} \
        | {name + "/" for name in names
           if os.path.isdir(os.path.join(ROOT, folder, name))}


@test
def file_maps():
    """HACKING.md has every file of the broker and of the runtime"""
    text, faults = read("HACKING.md"), []
    for title, folder, others in (
            ("broker files", "broker", {"broker.h", "validate/"}),
            ("runtime files", "sandboxed_parsers/runtime", set())):
        got = [row[0] for row in between(text, title)]
        faults += differ(got, sorted(stems(folder) - others))
        faults += [f"twice: {name}" for name in set(got)
                   if got.count(name) > 1]
    return faults


@test
def path_of_an_input():
    """HACKING.md's path of an input names functions where they are"""
    rows = re.findall(r"^\| `(gbx_\w+)` \| `([\w/]+\.c)` \|",
                      read("HACKING.md"), re.M)
    return [f"{name} is not in {file}" for name, file in rows
            if not os.path.exists(os.path.join(ROOT, file))
            or not re.search(rf"^{name}\(", read(file), re.M)] \
        or ([] if len(rows) > 20 else ["not found"])


SOURCES = (".c", ".h", ".def", ".py", ".sh", ".mk", ".proto")
# Folders as comments call them for short.
SHORT = ("", "sandboxed_parsers/", "tests/", "tests/support/")


def comments(name):
    text = read(name)
    if name.endswith((".c", ".h", ".proto")):
        return "\n".join(re.findall(r"/\*.*?\*/", text, re.S))
    return "\n".join(re.findall(r'^\s*#.*$|""".*?"""', text, re.M | re.S))


def is_there(path, beside):
    """As it stands, short of a folder, or beside the file that names it."""
    return any(os.path.exists(os.path.join(ROOT, start, path))
               for start in SHORT + (os.path.dirname(beside),))


@test
def stale_comments():
    """no comment names a file of ours that is not there"""
    rooms = "|".join(("base", "broker", "cmd", "fuzz", "init", "ipc", "mk",
                      "runtime", "sandboxed_parsers", "schemas", "tests"))
    own = re.compile(r"(?<![\w./<-])((?:%s)/[\w/]*\w\.(?:c|h|def|py|sh|mk))"
                     r"(?![\w*])" % rooms)
    beside = re.compile(r"(?<![\w./<-])(\w+\.c)\b(?!:|\()")
    faults, seen = [], 0
    for folder, _, names in os.walk(ROOT):
        room = os.path.relpath(folder, ROOT)
        if room.split("/")[0] in ("build", ".git"):
            continue
        for name in names:
            path = os.path.normpath(os.path.join(room, name))
            if not name.endswith(SOURCES) or name in (
                    "layers_selftest.py", "add_format.py"):  # of a copy
                continue
            text = comments(path)
            found = own.findall(text)
            if room == "broker":
                found += beside.findall(text)
            seen += len(found)
            faults += [f"{path}: {other}" for other in found
                       if not re.search(r"[A-Z]{4}", other)
                       and not is_there(other, path)]
    return sorted(set(faults)) or ([] if seen > 200 else [f"{seen} seen"])


@test
def makefile():
    """the Makefile is short, and every target that documents name exists"""
    faults = []
    if len(read("Makefile").splitlines()) > 150:
        faults.append("Makefile has more than 150 lines")
    rules = read("Makefile") + "".join(
        read(f"mk/{name}") for name in os.listdir(os.path.join(ROOT, "mk"))
        if name.endswith(".mk"))
    for doc in DOCS:
        for target in re.findall(r"`make ([a-z][a-z-]*)", read(doc)):
            if not re.search(rf"^(?:[\w$()-]+ )*{target}\b.*:", rules, re.M):
                faults.append(f"{doc}: make {target}")
    return faults


def main():
    print(f"1..{len(TESTS)}")
    for number, run in enumerate(TESTS, 1):
        faults = run()
        print(f"{'not ok' if faults else 'ok'} {number} - {run.__doc__}")
        for fault in faults:
            print(f"# {fault}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

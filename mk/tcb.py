#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How much must be right for the boundary to hold?

usage: mk/tcb.py SOURCE... -- FOLDER...        (`make tcb`)

SOURCE...: what is linked into the library. Counted are these files, the schema
that some are generated from, and every file of ours that they include, however
deep: lines that are not blank, not a comment and not a lone brace or semicolon,
and of no other file. What is not here may be wrong at no cost to the caller,
save a wrong answer about a hostile file. FOLDER...: told below, not counted.
"""
import glob
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)
# What the library is linked with, besides libc: lines counted in the same way
# in the sources of Debian 12's package.
DEPENDENCIES = [
    ("libprotobuf-c", "1.4.1-1", "protobuf-c/protobuf-c.c, .h", 2591),
]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def lines(text):
    """Lines of code. A comment may begin and end anywhere, not in a string."""
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text,
                  flags=re.S)
    text = re.sub(r"//.*", "", text)
    return sum(bool(re.search(r"[^\s{};]", line)) for line in text.split("\n"))


def closure(sources):
    """The sources and all of ours that they include."""
    todo, seen = list(sources), set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in INCLUDE.findall(read(path)):
            if name.endswith(".pb-c.h"):
                name = name.removesuffix(".pb-c.h") + ".proto"
            found = [p for p in (name, f"include/{name}") if os.path.exists(p)]
            todo += found[:1]
    return seen


def rooms(paths):
    """{room: lines}, the largest first."""
    count = {}
    for path in paths:
        room = os.path.dirname(path)
        count[room] = count.get(room, 0) + lines(read(path))
    return dict(sorted(count.items(), key=lambda item: -item[1]))


def of_these(paths):
    """What kind of lines they are."""
    headers = sum(lines(read(path)) for path in paths if path.endswith(".h"))
    tables = sum(lines(read(path)) for path in paths
                 if path.endswith((".def", ".proto")))
    includes = sum(len(INCLUDE.findall(read(path))) for path in paths)
    return f"{headers} in headers, {tables} in tables, {includes} are #include"


def tell(number, what):
    print(f"{number:6}  {what}")


def main():
    if "--" not in sys.argv:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    paths = closure(sys.argv[1:split])
    count = rooms(paths)
    for room, number in count.items():
        tell(number, room)
    tell(sum(count.values()),
         f"lines of trusted code, in {len(paths)} files "
         f"({of_these(paths)})")
    print("what the library is linked with, besides libc:")
    for name, version, files, number in DEPENDENCIES:
        tell(number, f"{name} {version} ({files})")
    print("not trusted once the lock is on (init and runtime build it):")
    for folder in sys.argv[split + 1:]:
        files = glob.glob(f"{folder}/*.[ch]") + glob.glob(f"{folder}/*.def")
        tell(sum(lines(read(path)) for path in files), folder)


if __name__ == "__main__":
    main()

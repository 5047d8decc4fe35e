#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""`make tcb` counts what is linked into the library and nothing else."""
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = [os.path.join(ROOT, "tests", "support"),
                os.path.join(ROOT, "mk")]
sys.dont_write_bytecode = True
import tcb  # noqa: E402
from tap import Results  # noqa: E402

B = os.environ.get("B") or "build/release"
CASES = [
    ("\n \n{\n}\n};\n\t;\n", 0),
    ("/* a\n * b\n */\n// c\n", 0),
    ("int x; /* a */\n/* b */ int y;\nint /* c\n d */ z;\n", 4),
    ('f("/* no comment");\ng();\n', 2),
    ('f("a \\" /*");\ng("*/");\n', 2),
    ("} else {\n", 1),
]


def run(*command):
    return subprocess.run(command, check=True, text=True, cwd=ROOT,
                          stdout=subprocess.PIPE).stdout


def counted():
    """Those that `make tcb` names to the script, and all that they include."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = subprocess.run(
        [os.environ.get("MAKE") or "make", "-n", "--no-print-directory", "tcb"],
        check=True, text=True, cwd=ROOT, env=env,
        stdout=subprocess.PIPE).stdout
    sources = command.split("mk/tcb.py", 1)[1].split("--", 1)[0].split()
    return tcb.closure(sources)


def main():
    os.chdir(ROOT)
    results = Results()
    wrong = [f"{text!r}: {tcb.lines(text)}, not {want}"
             for text, want in CASES if tcb.lines(text) != want]
    results.check(wrong, "lines are counted without comments and braces")
    paths = counted()
    members = set(run("ar", "t", f"{B}/libglovebox.a").split())
    sources = {os.path.basename(p)[:-2] + ".o" for p in paths
               if p.endswith(".c")} | {"gen.o"}
    results.check([f"only one of both: {name}"
                   for name in sorted(members ^ sources)],
                  "every source is in the library, and all of its sources count")
    results.check([p for p in ("schemas/glovebox.proto", "schemas/limits.def",
                               "broker/validate/fields.def", "ipc/memfd.h")
                   if p not in paths],
                  "schema, tables and headers count")
    results.check([p for p in paths if p.startswith(("cmd/", "tests/"))
                   or "sha256" in p], "the command's own files do not")
    text = run("readelf", "-W", "-d", f"{B}/libglovebox.so.0")
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\.so\.\d+\]", text)) - {"libc"}
    told = {name for name, *_ in tcb.DEPENDENCIES}
    results.check([f"only one of both: {n}" for n in sorted(needed ^ told)],
                  "every library that it is linked with is told")
    return results.end(5)


if __name__ == "__main__":
    sys.exit(main())

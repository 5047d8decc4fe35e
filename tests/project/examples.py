#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The examples run, and the demo's samples get the verdicts they are made for."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.join(ROOT, os.environ.get("B") or "build/release")
GLOVEBOX = os.environ.get("GLOVEBOX") or os.path.join(BUILD, "glovebox")
ENV = {**os.environ, "GLOVEBOX_LIBEXEC": os.environ.get("GLOVEBOX_LIBEXEC")
       or os.path.join(BUILD, "libexec")}
sys.path.insert(0, os.path.join(ROOT, "examples"))
sys.dont_write_bytecode = True
import samples  # noqa: E402  (needs the path above)

COUNT = 0


def check(good, name, shown=""):
    global COUNT
    COUNT += 1
    print(f"{'ok' if good else 'not ok'} {COUNT} - {name}")
    if not good:
        print("\n".join("# " + line for line in shown.splitlines()[-20:]))


def run(command, stdin=None):
    with open(stdin or os.devnull, "rb") as file:
        done = subprocess.run(command, stdin=file, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=ENV, timeout=120,
                              check=False)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def demo(folder):
    status, out = run([sys.executable, "-B",
                       os.path.join(ROOT, "examples/demo.py"), GLOVEBOX,
                       folder])
    check(status == 0, "the demo: every verdict as expected", out)
    for name, _, verdict, _ in samples.SAMPLES:
        rows = [row for row in out.splitlines() if row.startswith(name + " ")]
        check(len(rows) == 1 and f" {verdict} " in rows[0],
              f"the demo's table: {name} is {verdict}", "\n".join(rows))
    thumbs = [name for name in sorted(os.listdir(folder))
              if name.endswith(".png")]
    for name in thumbs:
        with open(os.path.join(folder, name), "rb") as file:
            check(file.read(8) == samples.SIGNATURE, f"thumbnail {name}")
    wanted = sorted(name for name, _, verdict, _ in samples.SAMPLES
                    if name.endswith(".png") and verdict == "ok")
    check(thumbs == wanted, "a thumbnail for each good picture, no other",
          str(thumbs))
    status, out = run([sys.executable, "-B",
                       os.path.join(ROOT, "examples/demo.py"), GLOVEBOX,
                       folder])
    check(status == 0, "the demo a second time", out)
    with open(os.path.join(folder, "letter.docx.txt"),
              encoding="utf-8") as file:
        text = file.read()
    check("Name\tGrüße, 你好" in text and text.index("Dear reader")
          < text.index("taken apart") < text.index("a cell")
          < text.index("another"), "the letter's text, in order", text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        demo(folder)
        paths = [os.path.join(folder, "samples", name)
                 for name, *_ in samples.SAMPLES]
        status, out = run([os.path.join(BUILD, "examples/queue")] + paths)
        rows = dict(row.split(": ", 1) for row in out.splitlines())
        check(status == 0 and sorted(rows) == sorted(paths),
              "queue: every file gets one answer", out)
        check(rows.get(paths[0], "").startswith("ok 480x320"),
              "queue: the picture's size", out)
        text = os.path.join(BUILD, "examples/text")
        status, out = run([text], os.path.join(folder, "samples",
                                               "macros.docx"))
        check(status == 0 and "Please enable macros." in out
              and "beware: it holds macros" in out
              and "beware: it refers to things outside" in out,
              "text: text and warnings", out)
        status, out = run([text], paths[0])
        check(status == 65, "text: a picture is no document", out)
    print(f"1..{COUNT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Take the sample files through the glovebox and tell how each ended.

usage: examples/demo.py GLOVEBOX DIRECTORY

Writes samples, thumbnails and texts below DIRECTORY. Exits 1 if a verdict is
not the one that the sample was made for.
"""
import json
import os
import subprocess
import sys

import samples

COLUMNS = "{:<16} {:<34} {:<11} {:>6} {:>6}  {}"
MEANING = {
    "ok": "decoded, checked, yours to use",
    "malformed": "the parser refused it; so do you",
    "limit": "it wanted more than it may have; the limit is named",
    "mismatch": "not what its name says; no parser was started",
    "unsupported": "nothing here reads it; no guess is made",
}


def ask(glovebox, path, out):
    """One file through the command; gives its JSON object."""
    if path.endswith(".png"):
        thumb = os.path.join(out, os.path.basename(path))
        command = ["thumbnail", "--json", "--format", "png", path, thumb]
    elif path.endswith(".docx"):
        command = ["text", "--json", "--format", "docx", path]
    elif path.endswith(".zip"):
        command = ["list", "--json", path]
    else:
        command = ["probe", "--json", path]
    done = subprocess.run([glovebox] + command, stdout=subprocess.PIPE,
                          check=False)
    if not done.stdout:
        sys.exit(f"demo: glovebox {' '.join(command)} said nothing "
                 f"(exit status {done.returncode})")
    return json.loads(done.stdout.splitlines()[0])


def keep_text(answer, path, out):
    text = answer.get("text")
    if text is not None:
        name = os.path.basename(path) + ".txt"
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write(text)
    return text


def why(answer, text):
    if answer["verdict"] == "limit":
        return f"limit: {answer.get('limit')}"
    if answer["verdict"] != "ok":
        return answer.get("detail", "")
    if text is not None:
        words = f"{len(text.split())} words"
        flags = answer.get("flags") or []
        return words + (", flags: " + ", ".join(flags) if flags else "")
    if "members" in answer:
        flags = {flag for m in answer["members"] for flag in m["flags"]}
        return f"{len(answer['members'])} members" + (
            ", flags: " + ", ".join(sorted(flags)) if flags else "")
    return f"{answer['width']}x{answer['height']}, thumbnail written"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    glovebox, out = sys.argv[1:]
    folder = os.path.join(out, "samples")
    print("making the sample files ...", flush=True)
    samples.write_all(folder)

    print()
    print(COLUMNS.format("file", "what it is", "verdict", "ms", "layers", "why"))
    print(COLUMNS.format("-" * 16, "-" * 34, "-" * 11, "-" * 6, "-" * 6,
                         "-" * 30))
    surprises, seen, posture = [], [], []
    for name, what, expected, _ in samples.SAMPLES:
        path = os.path.join(folder, name)
        answer = ask(glovebox, path, out)
        text = keep_text(answer, path, out)
        verdict = answer["verdict"]
        posture = max(posture, answer["posture"], key=len)
        seen.append(verdict)
        if verdict != expected:
            surprises.append(f"{name}: {verdict}, not {expected}")
        print(COLUMNS.format(name, what, verdict,
                             f"{answer['elapsed_us'] / 1000:.1f}",
                             len(answer["posture"]) or "-",
                             why(answer, text)), flush=True)
    print("\nverdicts")
    for verdict in sorted(set(seen), key=seen.index):
        print(f"  {verdict:<12} {MEANING.get(verdict, '')}")
    print("\nposture: what held each worker that saw a file")
    print(f"  {len(posture)} layers: " + " ".join(posture))
    print("  -: no worker was started, the broker had the answer already")
    print("  (`glovebox doctor` explains each; a layer that is missing here is"
          " one this host refused)")
    print(f"\nthumbnails and texts are in {out}; try your own file:")
    print(f"  {glovebox} thumbnail IN.png OUT.png")
    for surprise in surprises:
        print(f"demo: NOT AS EXPECTED: {surprise}")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write docs/FORMATS.md: what each format costs behind the glass.

usage: bench/formats/table.py BUILD SAMPLES OUT        (`make formats-table`)

Each picture of SAMPLES is decoded in turn by its library in a plain process
(bench/formats/alone.c) and through a warm broker (tests/e2e/measure.c), five
times each, one after the other; the ratio is of the medians. Library, licence
and what is read come out of the format's README.
"""
import glob
import json
import os
import re
import statistics
import subprocess
import sys

ROUNDS = 5
HEAD = """# Formats

What each worker reads, with which library, and what it costs. Written by `make formats-table`; don't edit.

Samples: one picture of 4000 x 3000 (`bench/formats/samples.py`), an icon of 256 x 256. *Arena*: private memory of the
worker at its peak while it decodes, above that of a warm idle one. *Alone*: the same parser and library in a plain
process, with nothing locked or checked; *glovebox*: a job to a warm broker, from submitting to the checked result;
the ratio is what the sandbox costs. Medians of %d turns, on `%s`.

| format | library | read | arena | alone | glovebox | ratio |
|---|---|---|---|---|---|---|
"""
TAIL = """
## Licences and limits

| format | licence | named limits it can end in |
|---|---|---|
"""
# Beside wall, cpu, memory, input, output and pixels, which all have.
LIMITS = re.compile(r"`(frames|pages|members|ratio|text|records|depth|scans)`")
SUFFIX = {"jpeg": "jpg", "tiff": "tif", "pnm": "ppm", "heif": "heic"}


def readme(name):
    with open(f"sandboxed_parsers/{name}/README.md", encoding="utf-8") as file:
        text = file.read()
    rows = dict(re.findall(r"^\| (\w+) \| (.*) \|$", text, re.M))
    return text, rows


def one_line(text, most):
    """The first clause, as long as it fits a cell."""
    text = re.split(r", as Debian|; |: |\. ", text)[0]
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."


def alone(build, name, path):
    out = subprocess.run([f"{build}/bench/formats/alone-{name}", "1", path],
                         check=True, text=True, stdout=subprocess.PIPE)
    return float(out.stdout.split()[-1])


def boxed(build, name, path):
    out = subprocess.run(
        [f"{build}/tests/e2e/measure", "-w", f"{build}/libexec",
         "-f", name, path],
        check=True, text=True, stdout=subprocess.PIPE)
    said = json.loads(out.stdout)
    if said["verdict"] != "ok":
        sys.exit(f"{path}: {said}")
    return said


def measure(build, samples, name):
    found = glob.glob(f"{samples}/{name}.{SUFFIX.get(name, name)}")
    if not found:
        sys.exit(f"no sample of {name}")
    plain, inside, arena = [], [], 0
    for _ in range(ROUNDS):
        plain.append(alone(build, name, found[0]))
        said = boxed(build, name, found[0])
        inside.append(said["ms"])
        arena = max(arena, said["arena_kib"])
    return statistics.median(plain), statistics.median(inside), arena


def row(build, samples, name):
    _, rows = readme(name)
    plain, inside, arena = measure(build, samples, name)
    ratio = f"{inside / plain:.2f}" if plain >= 20 else "-"
    return (f"| {name.upper()} | {one_line(rows['library'], 60)} | "
            f"{one_line(rows['reads'], 90)} | {arena / 1024:.1f} MB | "
            f"{plain:.0f} ms | {inside:.0f} ms | {ratio} |\n")


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    return found.group(1) if found else os.uname().machine


def main():
    build, samples, target = sys.argv[1:4]
    names = [name for name in os.environ["FORMATS"].split()
             if name not in ("ooxml", "encode")]
    text = HEAD % (ROUNDS, processor())
    for name in names:
        line = row(build, samples, name)
        print(line, end="", flush=True)
        text += line
    text += TAIL
    for name in names:
        words, rows = readme(name)
        limits = sorted({word for word in LIMITS.findall(words)})
        text += (f"| {name.upper()} | {rows.get('licence', 'ISC, as glovebox')}"
                 f" | {', '.join(f'`{w}`' for w in limits) or '-'} |\n")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                           "foot.md"), encoding="utf-8") as file:
        text += file.read()
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""All images of the test folders of other people's packages: each goes through
`glovebox decode`, and what its folder calls valid is compared with at least two
other readers. Each file that two of them do not show as we do stands in
known.def with its reason; a row that no file needs any more is an error.

    tests/oracles/oracles.py FOLDER [WORDS]

FOLDER is that of fetch.sh; WORDS, a regular expression: only such paths.
Environment: GLOVEBOX the command, which is GLOVEBOX_LIBEXEC's. Needs root for
nothing.

Tolerance, of 8-bit RGBA whose colours are multiplied by alpha: for what is
coded without loss no sample differs by more than 3; for what is not (inverse
transforms and the upsampling of chroma are not prescribed to the bit) samples
differ by 2.5 on average at most, and one in 50 by more than 40.
"""
import collections
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from readers import NotRead, readers_of  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GLOVEBOX = os.environ.get("GLOVEBOX", "build/release/glovebox")
SUFFIXES = re.compile(
    r"\.(a?png|jpe?g|jp2|j2[kc]|jpc|jpx|jpf|tiff?|gif|webp|avifs?|hei[cf]|hif|"
    r"jxl|bmp|dib|ico|cur|p[bgpan]m|tga|qoi)$", re.I)
# What the folders' own tests expect to fail, or made to be hostile: decoded by
# glovebox, which must end in a verdict, and shown to no other reader.
NOT_VALID = re.compile(
    r"crash|timeout|oom-|_dos|segfault|overflow|bomb|fuzz|corrupt|broken|"
    r"invalid|bad_|bad/|/b/|illegal|truncated|_eof|hang|poc_|not_enough|"
    r"clusterfuzz|no_data|nodata|wrong_|unbound|raw_negative|zero_", re.I)
VERDICTS = {"ok", "malformed", "unsupported", "limit", "mismatch"}
LOSSY = {"jpeg", "webp", "jp2", "avif", "heif", "jxl", "tiff"}
EXACT_MAX, MEAN_MAX, FAR, FAR_SHARE = 3, 2.5, 40, 0.02
AGREE = 2


# ---- files and what is known of them ---------------------------------------

def images_below(folder, words):
    for at, folders, names in sorted(os.walk(folder)):
        folders[:] = [f for f in folders if f not in ("apt", ".git")]
        for name in sorted(names):
            path = os.path.join(at, name)
            if SUFFIXES.search(name) and re.search(words, path) and \
                    os.path.isfile(path) and not os.path.islink(path):
                yield os.path.relpath(path, folder)


class Known:
    """Rows of known.def: what, a pattern of paths, the reason."""

    def __init__(self):
        self.rows = []
        with open(os.path.join(HERE, "known.def")) as f:
            for line in f:
                if line.strip() and line[0] != "#":
                    what, pattern, reason = line.rstrip("\n").split(None, 2)
                    self.rows.append([what, pattern, reason, 0])

    def reason(self, what, path):
        for row in self.rows:
            if row[0] == what and fnmatch.fnmatchcase(path, row[1]):
                row[3] += 1
                return row[2]
        return None

    def unused(self):
        return [f"{r[0]} {r[1]}" for r in self.rows if r[3] == 0]


# ---- pixels -----------------------------------------------------------------

def on_nothing(rgba):
    wide = rgba.astype(numpy.int32)
    wide[..., :3] = (wide[..., :3] * wide[..., 3:] + 127) // 255
    return wide


def turned(rgba, orientation):
    """As EXIF says it; some readers turn a picture when they read it."""
    if orientation in (5, 6, 7, 8):
        rgba = rgba.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        rgba = rgba[:, ::-1]
    if orientation in (3, 4, 7, 8):
        rgba = rgba[::-1]
    return rgba


def difference(ours, theirs, kind):
    """None if they are equal, or how they are not."""
    if ours.shape != theirs.shape:
        return "%dx%d for %dx%d" % (theirs.shape[1], theirs.shape[0],
                                    ours.shape[1], ours.shape[0])
    by = numpy.abs(on_nothing(ours) - on_nothing(theirs))
    if by.max() <= EXACT_MAX:
        return None
    far = (by > FAR).mean()
    if kind in LOSSY and by.mean() <= MEAN_MAX and far <= FAR_SHARE:
        return None
    return "mean %.1f, most %d, far %.1f %%" % (by.mean(), by.max(), 100 * far)


def compare(path, answer, ours):
    """Who shows it as we do, who doesn't and how, who doesn't read it. Nobody
    is asked any more when two do."""
    same, other, silent = [], [], []
    for name, read in readers_of(answer["format"]):
        if len(same) == AGREE:
            break
        try:
            theirs = read(path)
        except NotRead as e:
            silent.append(f"{name}: {e}")
            continue
        kind, turn = answer["format"], answer.get("orientation", 1)
        if turn > 4 and theirs.shape != ours.shape or turn > 1 and \
                difference(turned(ours, turn), theirs, kind) is None:
            ours_here = turned(ours, turn)
        else:
            ours_here = ours
        how = difference(ours_here, theirs, kind)
        if how:
            other.append(f"{name}: {how}")
        else:
            same.append(name)
    return same, other, silent


# ---- glovebox ---------------------------------------------------------------

def decode(path, to):
    """TGA has no signature, so that its files are declared."""
    declared = ["--format", "tga"] if path.lower().endswith(".tga") else []
    done = subprocess.run(
        [GLOVEBOX, "decode", "--json", "--rgba", to, *declared, path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode not in (0, 65):
        raise SystemExit("oracles: %s: %s" % (path, done.stderr.decode()))
    return json.loads(done.stdout)


def pixels(answer, to):
    return numpy.fromfile(to, dtype=numpy.uint8).reshape(
        answer["height"], answer["width"], 4)


# ---- all of it --------------------------------------------------------------

class Tally:
    def __init__(self):
        self.known = Known()
        self.counts = collections.Counter()
        self.formats = collections.Counter()
        self.unexplained = []

    def differs(self, what, path, notes):
        reason = self.known.reason(what, path)
        self.counts["explained" if reason else "unexplained"] += 1
        line = f"{what} {path}: {reason or 'NO REASON'}"
        print(line)
        if reason is None or os.environ.get("V"):
            for note in notes:
                print("    " + note)
        if reason is None:
            self.unexplained.append(path)
        sys.stdout.flush()

    def one(self, folder, path, to):
        full = os.path.join(folder, path)
        answer = decode(full, to)
        verdict = answer["verdict"]
        self.counts["files"] += 1
        if verdict not in VERDICTS:
            self.differs("never", path, [json.dumps(answer)])
            return
        if NOT_VALID.search("/" + path):
            self.counts["not valid by name"] += 1
            return
        self.counts["valid"] += 1
        self.formats[answer["format"] or "none"] += 1
        if verdict != "ok":
            self.differs(verdict, path, [json.dumps(answer)])
        else:
            if answer.get("degraded"):
                self.differs("degraded", path, [])
            self.judge(full, path, answer, pixels(answer, to))

    def judge(self, full, path, answer, ours):
        same, other, silent = compare(full, answer, ours)
        if len(same) >= AGREE:
            self.counts["equal"] += 1
            return
        what = "differs" if other else "alone"
        self.differs(what, path, [f"as we: {', '.join(same) or 'nobody'}"] +
                     other + silent)


def main():
    folder, words = sys.argv[1], (sys.argv[2:] + [""])[0]
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        for path in images_below(folder, words):
            tally.one(folder, path, os.path.join(scratch, "pixels.rgba"))
    unused = [] if words else tally.known.unused()
    for row in unused:
        print(f"known.def: no file needs this row: {row}")
    print("oracles: %s" % ", ".join(
        f"{n} {name}" for name, n in sorted(tally.formats.items())))
    print("oracles: %d files, %d not valid by name, %d valid: %d equal to two "
          "readers, %d explained, %d unexplained" % tuple(
              tally.counts[k] for k in (
                  "files", "not valid by name", "valid", "equal", "explained",
                  "unexplained")))
    return 1 if tally.unexplained or unused or not tally.counts["equal"] else 0


if __name__ == "__main__":
    sys.exit(main())

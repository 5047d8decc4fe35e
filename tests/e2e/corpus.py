#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The corpus through the command. Every image of it that has a reference, and
every one that is said to be good, decodes to the reference's pixels; what is
said to be bad is refused; and no file of any kind makes a worker crash, try
something, lie or hang. All of it under both lockdowns.

Fails if taken out: the memset() of missing rows in bmp/rows.c (a hole in the
reply); any step of any decoder.

Environment: GLOVEBOX the command, GBX_CORPUS the corpus. TAP on stdout.
"""
import collections
import csv
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from tap import Results  # noqa: E402

GLOVEBOX = os.environ.get("GLOVEBOX", "build/release/glovebox")
CORPUS = os.environ.get("GBX_CORPUS") or "../shared/corpus"
PER_CALL = 150
CALL_SECONDS = 600
# What is slow on a busy machine is not what is looked for: `cpu' is.
PATIENCE = ["--limit", "wall=60000"]
PNG = b"\x89PNG\r\n\x1a\n"
# Folders of the corpus whose good files must decode: each is a format's name.
FOLDERS = ("png", "avif", "bmp", "gif", "heif", "ico", "jp2", "jpeg", "jxl",
           "pnm", "qoi", "tiff", "webp")
# What is said to be good and is not a whole image, with the reason.
NOT_IMAGES = {
    "ico/valid/giflib__foobar.ico": "text that giflib's gifbuild reads",
    "ico/valid/giflib__giffixed.ico": "the same",
    "ico/valid/giflib__gifgrid.ico": "the same",
    "ico/valid/giflib__sample.ico": "the same",
    "ico/valid/giflib__treescap.ico": "the same",
    "jp2/valid/pillow__balloon_eciRGBv2_aware.jp2":
        "ends in the codestream's header",
    "webp/ref/libwebp__libwebp_tests.md5": "a list of checksums",
}
# The same by version: library, from this version on or before it, the files.
BY_VERSION = (
    ("libavif", "before", (1, 0),
     "avif/valid/libavif__colors-animated-8bpc-audio.avif",
     "does not read a track of sound beside the pictures"),
    ("libavif", "from", (1, 0), "avif/valid/"
     "libavif__supported_gainmap_writer_version_with_extra_bytes.avif",
     "refuses bytes behind the gain map"),
    ("libjxl", "before", (0, 9), "jxl/valid/libjxl__splines.jxl",
     "refuses its splines"),
)
FINE = {"ok", "malformed", "unsupported", "mismatch", "limit"}
results = Results()
result = results.check


def version_of(library):
    text = subprocess.run(["pkg-config", "--modversion", library], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return tuple(int(part) for part in text.strip().split(".")[:2])


def not_images():
    """NOT_IMAGES, and what the libraries that are here can't read."""
    return dict(NOT_IMAGES, **{
        name: "%s %s" % (library, why)
        for library, side, version, name, why in BY_VERSION
        if (version_of(library) < version) == (side == "before")})


def read_csv(name):
    with open(os.path.join(CORPUS, name), newline="") as f:
        return list(csv.DictReader(f))


def folder(name):
    """The format that a file is of: what lies in folders of references is
    PNG."""
    with open(os.path.join(CORPUS, name), "rb") as f:
        return "png" if f.read(len(PNG)) == PNG else name.split("/")[0]


def read_refs():
    """The SHA-256 and size of each image that has a reference."""
    rows = {row["file"]: (row["sha256_rgba8"], row)
            for row in read_csv("refs.csv")}
    if os.path.exists(os.path.join(CORPUS, "jpeg_refs.csv")):
        rows.update({
            row["file"]: (row["sha256_rgba8_libjpeg_turbo_islow"], row)
            for row in read_csv("jpeg_refs.csv")})
    return {name: (sha256, int(row["width"]), int(row["height"]))
            for name, (sha256, row) in rows.items()
            if folder(name) in FOLDERS}


def call(arguments, names):
    """One call for many files: the answers by name, or what went wrong."""
    paths = [os.path.join(CORPUS, n) for n in names]
    try:
        done = subprocess.run(
            [GLOVEBOX] + arguments + PATIENCE + ["--json", "--"] + paths,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=CALL_SECONDS)
    except subprocess.TimeoutExpired:
        return {}, ["%s hung on one of %s..." % (arguments[0], names[0])]
    wrong = []
    if done.returncode not in (0, 65):
        wrong.append("%s: exit status %d, %s" % (
            " ".join(arguments), done.returncode,
            done.stderr.decode(errors="replace")[:200]))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    answers = {os.path.relpath(a["file"], CORPUS): a for a in lines}
    missing = [n for n in names if n not in answers]
    if missing or len(lines) != len(names):
        wrong.append("%d files, %d answers; none for %s" % (
            len(names), len(lines), missing[:3]))
    return answers, wrong


def call_all(arguments, names):
    answers, wrong = {}, []
    for i in range(0, len(names), PER_CALL):
        some, bad = call(arguments, names[i:i + PER_CALL])
        answers.update(some)
        wrong += bad
    return answers, wrong


def say(name, answer):
    return "%s: %s %s" % (name, answer.get("verdict"), {
        k: answer[k] for k in ("limit", "field", "signal", "errno", "detail")
        if answer.get(k)})


def compare(answers, refs, good):
    """Of the images that must decode: which don't, or to something else."""
    wrong = []
    for name in sorted(good):
        answer = answers.get(name)
        if answer is None:
            wrong.append(name + ": no answer")
        elif answer["verdict"] != "ok":
            wrong.append(say(name, answer))
        elif name in refs:
            sha256, width, height = refs[name]
            if answer["sha256"] != sha256:
                wrong.append("%s: SHA-256 %s, not %s" % (
                    name, answer["sha256"], sha256))
            if (answer["width"], answer["height"]) != (width, height):
                wrong.append("%s: %sx%s" % (
                    name, answer["width"], answer["height"]))
    return wrong


def refused(answers, bad):
    return [say(name, answers.get(name, {})) for name in sorted(bad)
            if answers.get(name, {}).get("verdict") not in (
                "malformed", "limit")]


def peaceful(answers):
    return [say(n, a) for n, a in sorted(answers.items())
            if a["verdict"] not in FINE]


def locked(answers, lockdown):
    """Every answer of a worker tells this lock, proven."""
    return [say(n, a) + " posture " + ",".join(a["posture"])
            for n, a in sorted(answers.items())
            if a["posture"] and not {lockdown, "proven"} <= set(a["posture"])]


def counts(answers):
    c = collections.Counter(a["verdict"] for a in answers.values())
    return ", ".join("%d %s" % (n, v) for v, n in c.most_common())


def refuse_declared(bad, options):
    """Some don't even begin as their format does: only the declared type
    tells."""
    wrong = []
    for fmt in FOLDERS:
        names = sorted(n for n in bad if n.startswith(fmt + "/"))
        if names:
            answers, more = call_all(
                ["decode", "--format", fmt] + options, names)
            wrong += more + refused(answers, names)
    return wrong


def run(lockdown, manifest, refs):
    names = [row["file"] for row in manifest]
    ours = [row for row in manifest if row["file"].split("/")[0] in FOLDERS]
    good = set(refs) | {row["file"] for row in ours if row["expected"] == "ok"}
    good -= set(not_images())
    bad = {row["file"] for row in ours if row["expected"] == "reject"}
    options = ["--lockdown", lockdown]
    decoded, wrong = call_all(["decode", "--sha256"] + options, names)
    result(wrong, "%s: decode answers for %d files" % (lockdown, len(names)))
    print("# " + counts(decoded))
    result(compare(decoded, refs, good),
           "%s: %d good images decode, %d of them to their reference" % (
               lockdown, len(good), sum(n in refs for n in good)))
    result(refuse_declared(bad, options),
           "%s: %d bad images are refused" % (lockdown, len(bad)))
    result(peaceful(decoded), "%s: no decode ends badly" % lockdown)
    result(locked(decoded, lockdown), "%s: every lock is proven" % lockdown)
    probed, wrong = call_all(["probe"] + options, names)
    result(wrong, "%s: probe answers for %d files" % (lockdown, len(names)))
    print("# " + counts(probed))
    result(peaceful(probed), "%s: no probe ends badly" % lockdown)
    result(agree(decoded, probed),
           "%s: probe and decode see the same size" % lockdown)


def agree(decoded, probed):
    """What decodes was probed as what it is."""
    wrong = []
    for name, a in sorted(decoded.items()):
        b = probed.get(name, {})
        if a["verdict"] == "ok" and any(
                a[k] != b.get(k) for k in (
                    "verdict", "format", "width", "height")):
            wrong.append("%s: decode %sx%s, probe %s %sx%s" % (
                name, a["width"], a["height"], b.get("verdict"),
                b.get("width"), b.get("height")))
    return wrong


def main():
    if not os.path.exists(os.path.join(CORPUS, "manifest.csv")):
        print("1..1\nok 1 - corpus # SKIP no corpus at " + CORPUS)
        return 0
    manifest = read_csv("manifest.csv")
    refs = read_refs()
    listed = {row["file"] for row in manifest}
    for name in sorted(set(refs) - listed):
        manifest.append({"file": name, "expected": "ok"})
    for lockdown in ("filter", "strict"):
        run(lockdown, manifest, refs)
    return results.end(16)


if __name__ == "__main__":
    sys.exit(main())

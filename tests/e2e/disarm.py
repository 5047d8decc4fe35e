#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""disarm, and thumbnails that are not PNG: what comes out is a picture that
glovebox itself reads, with the pixels that went in and nothing else of the
input; and it was written by another process than read the input.

Fails if taken out: gbx_gate_bytes_data (with a lying encoder); the fresh input
of gbx_encode_input; the turn of thumbnails in runtime/sink_image.c.

Environment: GLOVEBOX the command, GBX_CORPUS the corpus. TAP on stdout.
"""
import csv
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import GLOVEBOX, get, one, put, run  # noqa: E402
from tap import Results  # noqa: E402

CORPUS = os.environ.get("GBX_CORPUS") or "../shared/corpus"
SUFFIXES = ("png", "jpg", "webp")
KIND = {"png": "png", "jpg": "jpeg", "webp": "webp"}
MARK = b"secret-of-the-sender"
PER_FOLDER = 12

results = Results()
check = results.check


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png(width, height, pixel, extra=b"", channels=3):
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width))
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8,
                                         2 if channels == 3 else 6, 0, 0, 0))
            + extra + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b"") + MARK)


def exif(orientation):
    return (b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01"
            + struct.pack(">HH", orientation, 0) + bytes(4))


def shade(x, y):
    return (x * 6 % 256, y * 8 % 256, 90)


def loaded():
    """A picture with everything in it that nobody wants."""
    return png(40, 30, shade, chunk(b"tEXt", b"Comment\0" + MARK)
               + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + MARK)
               + chunk(b"eXIf", exif(6) + MARK)
               + chunk(b"zTXt", b"a\0\0" + zlib.compress(MARK)))


def chunks_of_png(data):
    at, names = 8, []
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        names.append(name.decode())
        at += 12 + length
    return names


def markers_of_jpeg(data):
    """Up to the scan."""
    at, found = 2, []
    while data[at + 1] != 0xda:
        found.append(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return found


def chunks_of_webp(data):
    at, names = 12, []
    while at < len(data):
        name, length = struct.unpack("<4sI", data[at:at + 8])
        names.append(name.decode())
        at += 8 + length + length % 2
    return names


def parts_fault(suffix, data):
    if suffix == "png":
        names = set(chunks_of_png(data))
        return names - {"IHDR", "IDAT", "IEND"}
    if suffix == "jpg":
        return {m for m in markers_of_jpeg(data) if 0xe1 <= m <= 0xef
                or m == 0xfe}
    return set(chunks_of_webp(data)) - {"VP8 ", "VP8L", "VP8X", "ALPH"}


def nothing_but_pixels(folder):
    source = os.path.join(folder, "loaded.png")
    put(source, loaded())
    for suffix in SUFFIXES:
        wrong = []
        target = os.path.join(folder, "clean." + suffix)
        for command in ("disarm", "thumbnail"):
            code, said = one(command, "--json", source, target)
            if code != 0 or said.get("verdict") != "ok":
                wrong.append((command, code, said))
                continue
            data = get(target)
            if MARK in data or b"Exif" in data:
                wrong.append(command + ": words of the input")
            parts = parts_fault(suffix, data)
            if parts:
                wrong.append((command, "parts", parts))
            code, said = one("probe", "--json", target)
            if (said.get("format"), said.get("width"), said.get("height"),
                    said.get("orientation", 0)) != (KIND[suffix], 30, 40, 0):
                wrong.append((command, said))
        check(wrong, f"{suffix}: upright, and nothing but pixels")


def same_pixels(folder):
    source = os.path.join(folder, "plain.png")
    target = os.path.join(folder, "same.png")
    put(source, png(40, 30, shade))
    wrong = []
    for lockdown in ("filter", "strict"):
        run("disarm", "--lockdown", lockdown, source, target)
        before = one("decode", "--sha256", "--json", source)[1]
        after = one("decode", "--sha256", "--json", target)[1]
        if before["sha256"] != after.get("sha256"):
            wrong.append((lockdown, before, after))
    check(wrong, "png: the very pixels, in both lockdowns")


def refusals(folder):
    target = os.path.join(folder, "never.jpg")
    bad = os.path.join(folder, "bad.png")
    huge = os.path.join(folder, "huge.png")
    put(bad, loaded()[:200])
    put(huge, png(2, 2, shade).replace(
        struct.pack(">IIBB", 2, 2, 8, 2), struct.pack(">IIBB", 9**6, 9**6, 8,
                                                      2)))
    wrong = [path for path in (bad, huge)
             if run("disarm", path, target).returncode != 65]
    if os.path.exists(target):
        wrong.append("there is a file")
    put(target, b"old")
    code, said = one("disarm", "--json", "--limit", "output=100",
                     os.path.join(folder, "plain.png"), target)
    if code != 65 or said.get("limit") != "output" or get(target) != b"old":
        wrong.append((code, said))
    check(wrong, "what is refused leaves no file, and the old one as it was")


def processes(folder):
    """By strace: which processes exist, and which input each was sent."""
    source = os.path.join(folder, "plain.png")
    log = os.path.join(folder, "log")
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=execve,execveat", "-o", log,
         GLOVEBOX, "disarm", source, os.path.join(folder, "x.webp")],
        stdout=subprocess.DEVNULL, check=False)
    text = get(log).decode(errors="replace")
    zygotes = [line for line in text.splitlines()
               if "glovebox-zygote" in line and "= 0" in line]
    wrong = [] if done.returncode == 0 and len(zygotes) == 2 \
        and len({line.split()[0] for line in zygotes}) == 2 else zygotes
    check(wrong, "decoder and encoder are started apart")


def no_encoder(folder):
    """That is not the input's fault, and told apart."""
    libexec = os.environ.get("GLOVEBOX_LIBEXEC") or os.path.join(
        os.path.dirname(GLOVEBOX), "libexec")
    workers = os.path.join(folder, "workers")
    encoder = os.path.join(workers, "glovebox-encode")
    shutil.copytree(libexec, workers)
    os.unlink(encoder)
    last = ("--json", "--worker-dir", workers,
            os.path.join(folder, "plain.png"), os.path.join(folder, "no.jpg"))
    wrong = []
    for kind, errno, words in (
            ("missing", "ENOENT", "no encoder is installed"),
            ("dead", "ECONNRESET", "the worker ends before it is ready")):
        for command in ("disarm", "thumbnail"):
            code, said = one(command, *last)
            if (code, said.get("verdict"), said.get("errno")) != (
                    71, "error", errno) or words not in said["detail"] \
                    or os.path.exists(last[-1]):
                wrong.append((kind, command, code, said))
        shutil.copy2("/bin/true", encoder)
    check(wrong, "an encoder that is not there is the system's fault")


def widest(folder):
    """As wide as a box may be, which is more than WebP can hold."""
    source, wrong = os.path.join(folder, "wide.pgm"), []
    put(source, b"P5 16384 2 255\n" + bytes(16384 * 2))
    for suffix, width in (("png", 16384), ("jpg", 16384), ("webp", 16383)):
        target = os.path.join(folder, "wide." + suffix)
        for command in (("thumbnail", "-s", "16384"), ("disarm",)):
            code, said = one(*command, "--json", source, target)
            if (code, said.get("width")) != (0, width):
                wrong.append((suffix, command, code, said))
    check(wrong, "the widest that each type holds")


def corpus_rows():
    with open(os.path.join(CORPUS, "manifest.csv"), newline="") as file:
        return [row for row in csv.reader(file)][1:]


def of_corpus(folder):
    if not os.path.isdir(CORPUS):
        check([], f"pictures of the corpus # SKIP no corpus at {CORPUS}")
        return 0
    wrong, tried, good, taken = [], 0, 0, {}
    target = os.path.join(folder, "c.webp")
    for row in corpus_rows():
        place = os.path.dirname(row[0])
        top = place.split("/")[0]
        taken[place] = taken.get(place, 0) + 1
        if top in ("ooxml", "odf", "zip", "pdf", "eml", "ole", "gzip") \
                or taken[place] > PER_FOLDER:
            continue
        if os.path.exists(target):
            os.unlink(target)
        code, said = one("disarm", "--json", os.path.join(CORPUS, row[0]),
                         target)
        tried += 1
        if code == 0:
            good += 1
            if parts_fault("webp", get(target)):
                wrong.append((row[0], "parts"))
        elif code != 65 or os.path.exists(target) or said.get("verdict") in (
                "crashed", "violation", "bad_reply", "error"):
            wrong.append((row[0], code, said))
    if good < 100:
        wrong.append(f"{good} are too few")
    check(wrong, f"{tried} files of the corpus, {good} disarmed")
    return good


def main():
    good = 2 * len(SUFFIXES)  # checked by the first
    with tempfile.TemporaryDirectory() as folder:
        nothing_but_pixels(folder)
        same_pixels(folder)
        refusals(folder)
        processes(folder)
        no_encoder(folder)
        widest(folder)
        good += of_corpus(folder)
    print(f"# score disarmed {good} >=6")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())

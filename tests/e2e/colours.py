#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Thumbnails of pictures with an ICC profile, in locked workers: sRGB comes out,
and the first profile of a worker's life makes no system call. Makes its own
files: a TIFF whose profile exchanges red and green, and one without.

Fails if taken out: gbx_colour_warm_up() in runtime/shared/colour.c (violation),
gbx_sink_icc() in tiff.c (red stays red)."""
import os
import struct
import subprocess
import sys
import tempfile
import zlib

GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX", "build/release/glovebox"))


def fixed(v):
    return struct.pack(">i", round(v * 65536))


def profile():
    """ICC.1:2010, a matrix profile: sRGB's colorants in D50, red for green."""
    xyz = {"wtpt": (0.9642, 1, 0.8249), "gXYZ": (0.4361, 0.2225, 0.0139),
           "rXYZ": (0.3851, 0.7169, 0.0971), "bXYZ": (0.1431, 0.0606, 0.7141)}
    tags = {name: b"XYZ \0\0\0\0" + b"".join(map(fixed, value))
            for name, value in xyz.items()}
    for name in ("rTRC", "gTRC", "bTRC"):  # one entry: a power, here 2.2
        tags[name] = b"curv\0\0\0\0" + struct.pack(">IHH", 1, 563, 0)
    tags["desc"] = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(78)
    tags["cprt"] = b"text\0\0\0\0x\0\0\0"
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name.encode() + struct.pack(">II", start + len(body),
                                             len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"none", 0x02400000, b"mntr",
                       b"RGB ", b"XYZ ", bytes(12), b"acsp")
    head += bytes(68 - len(head)) + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) \
        + table + body


def tiff(icc):
    """One red pixel."""
    rows = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1),
            (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, 1),
            (279, 4, 1, 3)]
    if icc:
        rows.append((34675, 7, len(icc), 12))
    data = b"\xff\0\0\0" + icc + bytes(len(icc) % 2)
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data \
        + struct.pack("<H", len(rows)) \
        + b"".join(struct.pack("<HHII", *row) for row in rows) + bytes(4)


def first_pixel(png):
    pos, packed = 8, b""
    while pos < len(png):
        length, kind = struct.unpack(">I4s", png[pos:pos + 8])
        if kind == b"IDAT":
            packed += png[pos + 8:pos + 8 + length]
        pos += length + 12
    return tuple(zlib.decompress(packed)[1:4])  # after the filter's number


def thumbnail(folder, name, lockdown):
    out = os.path.join(folder, "out.png")
    done = subprocess.run([GLOVEBOX, "thumbnail", "--lockdown", lockdown,
                           "--format", "tiff", os.path.join(folder, name), out],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return done.stdout + done.stderr
    with open(out, "rb") as file:
        return first_pixel(file.read())


def main():
    cases = [(name, lockdown) for name in ("plain.tif", "swapped.tif")
             for lockdown in ("filter", "strict")]
    failed = 0
    print("1..%d" % len(cases))
    with tempfile.TemporaryDirectory() as folder:
        for name, icc in (("plain.tif", b""), ("swapped.tif", profile())):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(tiff(icc))
        for i, (name, lockdown) in enumerate(cases, 1):
            got = thumbnail(folder, name, lockdown)
            good = isinstance(got, tuple) and \
                (got == (255, 0, 0) if name == "plain.tif"
                 else got[0] < 30 and got[1] > 225 and got[2] < 30)
            failed += not good
            print("%sok %d - %s, %s" % ("" if good else "not ", i, name,
                                        lockdown), flush=True)
            if not good:
                print("# " + str(got).strip().replace("\n", "\n# "))
    return 1 if failed else 0


sys.exit(main())

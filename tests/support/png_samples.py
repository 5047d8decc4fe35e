#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make the built-in samples of the PNG worker, as a C header on stdout; or the
seeds of its fuzz target, in a directory: every depth and colour type, plain and
interlaced, and the last byte that fuzz/png/target.c wants.

usage: png_samples.py > sandboxed_parsers/png/samples.h
       png_samples.py fuzz/png/seeds
"""
import struct
import sys
import zlib

SIDE = 16
# name, bit depth, colour type, interlaced, PLTE, tRNS, operation
SAMPLES = [
    ("rgb", 8, 2, 0, None, None, "DECODE"),
    ("rgba", 8, 6, 0, None, None, "DECODE"),
    ("palette", 4, 3, 0, 16, bytes(range(0, 256, 32)), "DECODE"),
    ("gray", 1, 0, 0, None, b"\0\1", "DECODE"),
    ("rgb16", 16, 2, 0, None, None, "DECODE"),
    ("interlaced", 8, 6, 1, None, None, "DECODE"),
    ("interlaced", 8, 6, 1, None, None, "THUMBNAIL"),
    ("rgba", 8, 6, 0, None, None, "THUMBNAIL"),
    ("rgb", 8, 2, 0, None, None, "PROBE"),
]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(
        ">I", zlib.crc32(body))


def exif():
    """Orientation 1, so that the reader of EXIF is warm too."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, 1, 0, 0)


def row(width, y, bits, filter_type):
    """Any bytes do: filters turn them into other bytes."""
    n = (width * bits + 7) // 8
    return bytes([filter_type]) + bytes(
        (x * 7 + y * 13) % 64 for x in range(n))


def passes(interlaced):
    if not interlaced:
        return [(0, 0, 1, 1)]
    return [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
            (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def image(bits, interlaced, side):
    data = b""
    for x0, y0, dx, dy in passes(interlaced):
        width = (side - x0 + dx - 1) // dx
        for y in range(y0, side, dy):
            data += row(width, y, bits, y // dy % 5)
    return data


def sample(depth, colour, interlaced, plte, trns, side=SIDE, more=b""):
    out = b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0,
                             interlaced)) + more
    if interlaced:
        out += chunk(b"eXIf", exif())
    if plte:
        out += chunk(b"PLTE", bytes(i * 5 % 256 for i in range(plte * 3)))
    if trns:
        out += chunk(b"tRNS", trns)
    data = image(depth * CHANNELS[colour], interlaced, side)
    out += chunk(b"IDAT", zlib.compress(data, 9))
    return out + chunk(b"IEND", b"")


def c_array(name, data):
    print(f"static const uint8_t sample_{name}[] = {{")
    for i in range(0, len(data), 12):
        line = ", ".join(f"0x{b:02x}" for b in data[i:i + 12])
        print(f"    {line},")
    print("};\n")


def header(made):
    print("""/* SPDX-License-Identifier: ISC */
/*
 * Pictures of 16 x 16 pixels that warm a worker up, one for each path through
 * the decoder. Made by tests/support/png_samples.py; don't edit.
 * Side: setup. Included by parser.c alone.
 */
#ifndef GBX_PNG_SAMPLES_H
#define GBX_PNG_SAMPLES_H

#include "sandboxed_parsers/runtime/parser.h"

/* clang-format off */""")
    for name, data in made.items():
        c_array(name, data)
    print("static const struct gbx_sample samples[] = {")
    for name, *_, op in SAMPLES:
        print(f'    {{"{name}", sample_{name}, sizeof(sample_{name}), '
              f"GBX_WIRE_OP_{op}}},")
    print("};\n/* clang-format on */\n\n#endif")


DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16),
          6: (8, 16)}
TRNS = {0: b"\0\1", 2: b"\0\1\0\2\0\3", 3: b"\0\x80"}
MORE = [
    b"",
    chunk(b"acTL", struct.pack(">II", 2, 0)),
    chunk(b"eXIf", exif()),
    chunk(b"tEXt", b"Title\0seed") + chunk(b"gAMA", struct.pack(">I", 45455)),
    chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200))),
    chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(999))),
    chunk(b"sBIT", b"\5\5\5") + chunk(b"pHYs", bytes(9)),
]


def seeds(folder):
    n = 0
    for colour, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (0, 1):
                data = sample(depth, colour, interlaced,
                              min(1 << depth, 256) if colour == 3 else None,
                              TRNS.get(colour) if n % 3 else None, 7 + n % 3,
                              MORE[n % len(MORE)])
                name = f"{folder}/c{colour}d{depth}i{interlaced}.png"
                with open(name, "wb") as f:
                    f.write(data + bytes([n % 16]))
                n += 1


def animation(hidden, mode):
    """Three frames with every disposal and blend; the byte at the end asks for
    as many as three of them."""
    number, parts = 0, []

    def numbered(kind, data):
        nonlocal number
        number += 1
        return chunk(kind, struct.pack(">I", number - 1) + data)

    def control(width, height, left, top, dispose, blend):
        return numbered(b"fcTL", struct.pack(">IIIIHHBB", width, height, left,
                                             top, 1, 10, dispose, blend))

    def packed(width, height, rgba):
        return zlib.compress((b"\0" + bytes(rgba) * width) * height, 9)

    if not hidden:
        parts.append(control(8, 6, 0, 0, 0, 0))
    parts.append(chunk(b"IDAT", packed(8, 6, (250, 120, 10, 255))))
    for at, (dispose, blend) in enumerate(((2, 1), (1, 0), (0, 1))):
        parts.append(control(4, 3, at, at, dispose, blend))
        parts.append(numbered(b"fdAT", packed(4, 3, (9, 99 * at, 200, 128))))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 6, 0, 0,
                                                   0))
            + chunk(b"acTL", struct.pack(">II", 3 + (not hidden), 0))
            + b"".join(parts) + chunk(b"IEND", b"") + bytes([mode]))


def animations(folder):
    """Decoded from the first and the second frame on, and one as a thumbnail;
    which bits say so: fuzz/image.c."""
    for hidden in (False, True):
        for name, mode in (("all", 0x41), ("from1", 0x51), ("last", 0x31),
                           ("thumbnail", 0x26)):
            path = f"{folder}/{'hidden' if hidden else 'animation'}-{name}.png"
            with open(path, "wb") as f:
                f.write(animation(hidden, mode))


def main():
    if len(sys.argv) > 1:
        animations(sys.argv[1])
        seeds(sys.argv[1])
    else:
        header({s[0]: sample(*s[1:6]) for s in SAMPLES})


if __name__ == "__main__":
    main()

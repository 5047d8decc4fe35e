#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write PNGs and, beside each, the SHA-256 of its straight 8-bit RGBA pixels,
computed from the pixels that were drawn and never from a decoder.

usage: pictures.py DIR
"""
import hashlib
import os
import struct
import sys
import zlib


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png(width, height, depth, colour, rows):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(
        b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + chunk(b"IEND", b""))


def rgba(width, height):
    return [bytes((x * 3 + y * 5 + c * 71) % 256 for x in range(width)
                  for c in range(4)) for y in range(height)]


def gray16(width, height):
    """Rows of the file, and what (v * 255 + 32767) / 65535 makes of them."""
    stored, plain = [], []
    for y in range(height):
        values = [(x * 1021 + y * 4099) % 65536 for x in range(width)]
        stored.append(struct.pack(f">{width}H", *values))
        plain.append(b"".join(bytes([(v * 255 + 32767) // 65535] * 3 + [255])
                              for v in values))
    return stored, plain


def write(path, data, pixels):
    with open(path + ".png", "wb") as out:
        out.write(data)
    with open(path + ".sha256", "w", encoding="ascii") as out:
        out.write(hashlib.sha256(b"".join(pixels)).hexdigest() + "\n")


def main():
    rows = rgba(300, 200)
    write(os.path.join(sys.argv[1], "rgba"), png(300, 200, 8, 6, rows), rows)
    stored, plain = gray16(61, 47)
    write(os.path.join(sys.argv[1], "gray16"),
          png(61, 47, 16, 0, stored), plain)


main()

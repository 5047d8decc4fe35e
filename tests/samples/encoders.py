#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write a format's samples.h with the encoder that Debian packages.

usage: tests/samples/encoders.py jxl|avif|heif [SEEDS] > sandboxed_parsers/FORMAT/samples.h

SEEDS: a folder that the fuzzer's seeds are written to, as print.c does.

Needs cjxl (libjxl-tools), avifenc (libavif-bin) or heif-enc
(libheif-examples).
"""
import os
import struct
import subprocess
import sys
import tempfile

SIDE = 16
# name, kind of picture, command line; the operation of each
RECIPES = {
    "jxl": ("cjxl {input} {output} {args}", "jxl", [
        ("lossy", "ppm", "-d 2", ("DECODE", "THUMBNAIL", "PROBE")),
        ("lossless", "pam", "-d 0", ("DECODE",)),
        ("progressive", "ppm", "-d 1 -p", ("DECODE",)),
        ("animation", "gif", "-d 0", ("DECODE",)),
        ("deep", "16.png", "-d 1", ("DECODE",)),
        ("floats", "pfm", "-d 0", ("DECODE",)),
        ("boxes", "png", "-d 1 --container=1", ("DECODE",)),
    ]),
    "avif": ("avifenc {args} {input} {output}", "avif", [
        ("yuv420", "png", "-y 420 -s 10 -c aom", ("DECODE", "THUMBNAIL",
                                                  "PROBE")),
        ("yuv444", "png", "-y 444 -s 10 -c aom", ("DECODE",)),
        ("yuv422", "png", "-y 422 -s 10 -c aom", ("DECODE",)),
        ("gray", "png", "-y 400 -s 10 -c aom", ("DECODE",)),
        ("alpha", "rgba.png", "-y 420 -s 10 -c aom", ("DECODE",)),
    ] + [(f"{name}{bits}", "png", f"-d {bits} -y {chroma} -s 10 -c aom",
          ("DECODE",)) for bits in (10, 12) for name, chroma in (
              ("yuv420_", 420), ("yuv422_", 422), ("yuv444_", 444),
              ("gray_", 400))]),
    "heif": ("heif-enc {args} -o {output} {input}", "heic", [
        ("yuv420", "png", "-q 50", ("DECODE", "THUMBNAIL", "PROBE")),
        ("alpha", "rgba.png", "-q 50", ("DECODE",)),
        ("yuv444", "png", "-q 50 -p chroma=444", ("DECODE",)),
        ("yuv422", "png", "-q 50 -p chroma=422", ("DECODE",)),
        ("gray", "gray.png", "-q 50", ("DECODE",)),
    ] + [(f"yuv{chroma}_{bits}", "16.png",
          f"-q 50 -b {bits} -p chroma={chroma}", ("DECODE",))
         for bits in (10, 12) for chroma in (420, 422, 444)]
      + [(f"gray_{bits}", "gray16.png", f"-q 50 -b {bits}", ("DECODE",))
         for bits in (10, 12)]),
}


def sample(x, y, c):
    return (x * 13 + y * 5 + c * 40) % 256


def pixels(channels):
    return bytes(sample(x, y, c) for y in range(SIDE) for x in range(SIDE)
                 for c in range(channels))


def png(channels, bits=8):
    import zlib

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    raw, row = pixels(channels), SIDE * channels
    if bits == 16:
        raw, row = b"".join(bytes((v, v)) for v in raw), row * 2
    rows = b"".join(b"\0" + raw[i:i + row] for i in range(0, len(raw), row))
    colour = {1: 0, 3: 2, 4: 6}[channels]
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, bits, colour,
                                         0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def gif():
    """Gray, one frame over all and one in the middle. Each code has eight bits
    as long as the table of codes is emptied in time, and so is a byte."""
    data = b"GIF89a" + bytes([SIDE, 0, SIDE, 0, 0xf6, 0, 0])
    data += bytes(2 * (i // 3) for i in range(3 * 128))
    for start, side, ticks in ((0, SIDE, 10), (4, 8, 20)):
        codes = b""
        for y in range(start, start + side):
            codes += b"\x80" + bytes(sample(x, y, ticks) // 2
                                     for x in range(start, start + side))
        codes += b"\x81"
        data += b"\x21\xf9\x04\x04" + bytes([ticks, 0, 0, 0])
        data += b"\x2c" + bytes([start, 0, start, 0, side, 0, side, 0, 0, 7])
        for i in range(0, len(codes), 255):
            part = codes[i:i + 255]
            data += bytes([len(part)]) + part
        data += b"\0"
    return data + b";"


def picture(kind):
    if kind == "gif":
        return gif()
    if kind == "pfm":
        rows = pixels(3)
        return f"PF\n{SIDE} {SIDE}\n-1.0\n".encode() + struct.pack(
            f"<{len(rows)}f", *(v / 255 for v in rows))
    if kind == "ppm":
        return f"P6\n{SIDE} {SIDE}\n255\n".encode() + pixels(3)
    if kind == "pam":
        return (f"P7\nWIDTH {SIDE}\nHEIGHT {SIDE}\nDEPTH 4\nMAXVAL 255\n"
                "TUPLTYPE RGB_ALPHA\nENDHDR\n").encode() + pixels(4)
    return png({"rgba": 4, "gray": 1, "gray16": 1}.get(kind[:-4], 3),
               16 if "16" in kind else 8)


def encode(command, suffix, kind, args):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "in." + kind)
        target = os.path.join(folder, "out." + suffix)
        with open(source, "wb") as file:
            file.write(picture(kind))
        words = [word.format(input=source, output=target)
                 for part in command.split()
                 for word in (args.split() if part == "{args}" else [part])]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(target, "rb") as file:
            return file.read()


MODE = {"PROBE": 8, "DECODE": 9, "THUMBNAIL": 10}


def write_seed(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data + bytes([MODE[name.rsplit("-", 1)[1]]]))


def main():
    name = sys.argv[1]
    command, suffix, rows = RECIPES[name]
    guard = f"GBX_{name.upper()}_SAMPLES_H"
    print(f"""/* SPDX-License-Identifier: ISC */
/*
 * Pictures that warm a worker up, one for each path through the decoder. Made
 * by tests/samples/encoders.py; don't edit.
 * Side: setup. Included by {name}.c alone.
 */
#ifndef {guard}
#define {guard}

#include "sandboxed_parsers/runtime/parser.h"

/* clang-format off */""")
    for title, kind, args, ops in rows:
        data = encode(command, suffix, kind, args)
        for op in ops if len(sys.argv) > 2 else ():
            write_seed(sys.argv[2], f"{title}-{op}", data)
        print(f"static const uint8_t sample_{title}[] = {{")
        for i in range(0, len(data), 12):
            print("    " + " ".join(f"0x{b:02x}," for b in data[i:i + 12]))
        print("};\n")
    print("static const struct gbx_sample samples[] = {")
    for title, _, _, ops in rows:
        for op in ops:
            print(f'    {{"{title}", sample_{title}, sizeof(sample_{title}), '
                  f"GBX_WIRE_OP_{op}}},")
    print("};\n/* clang-format on */\n\n#endif")


if __name__ == "__main__":
    main()

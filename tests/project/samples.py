#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Which sample warms up which feature of which codec.

tests/samples/features.txt has a line for each feature that a format can carry
and we read: the sample in sandboxed_parsers/FORMAT/samples.h that has it, or
`-` and why none is needed. Here the features of each sample are read from its
own header bytes. Fails if a line names a sample that lacks the feature, if a
feature that a format can carry has no line, and if a sample has a feature of
which the table says that none has.

Such a feature is dangerous where a library calls the kernel at its first use:
dav1d 1.5 does at the first picture of 12 bits.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.dont_write_bytecode = True
from tap import Results  # noqa: E402

CHROMA = ("4:0:0", "4:2:0", "4:2:2", "4:4:4")
DEPTHS = {f"{bits} bits {chroma}" for bits in (8, 10, 12) for chroma in CHROMA}
PNG_COLOURS = {0: ("gray", (1, 2, 4, 8, 16)), 2: ("rgb", (8, 16)),
               3: ("palette", (1, 2, 4, 8)), 4: ("gray and alpha", (8, 16)),
               6: ("rgba", (8, 16))}
TIFF_PACKINGS = {1: "plain", 2: "rle", 3: "fax3", 4: "fax4", 5: "lzw",
                 7: "jpeg", 8: "deflate", 32773: "packbits", 34887: "lerc",
                 34925: "lzma", 50000: "zstd", 50001: "webp"}
TIFF_COLOURS = {0: "white is 0", 1: "black is 0", 2: "rgb", 3: "palette",
                5: "cmyk", 6: "ycc", 8: "lab"}
# What a format can carry, as far as we read it.
CAN = {
    "avif": DEPTHS | {"alpha", "profile 0", "profile 1", "profile 2"},
    "heif": DEPTHS | {"alpha", "grid"},
    "png": {f"{name} {bits}" for name, depths in PNG_COLOURS.values()
            for bits in depths} | {"interlaced", "in rows", "animation"},
    "jpeg": {"baseline", "progressive", "arithmetic", "gray", "4:2:0", "4:2:2",
             "4:4:4", "rgb", "cmyk", "ycck", "restarts"},
    "webp": {"lossy", "lossless", "alpha", "animation"},
    "gif": {"in rows", "interlaced", "transparent", "animation"},
    "tiff": set(TIFF_PACKINGS.values()) | set(TIFF_COLOURS.values())
    | {"tiles", "strips", "planes", "floats", "12 bits", "16 bits", "BigTIFF"},
    "jp2": {"5-3", "9-7", "1 component", "3 components", "4 components",
            "8 bits", "16 bits", "tiles", "codestream", "file", "ycc"},
    "jxl": {"codestream", "file", "xyb", "not xyb", "animation", "alpha",
            "8 bits", "16 bits", "floats"},
    "bmp": {f"{bits} bits" for bits in (1, 4, 8, 16, 24, 32)}
    | {"rle8", "rle4"},
    "ico": {"bitmap 4", "bitmap 24", "bitmap 32", "png"},
    "tga": {"kind 1", "kind 2", "kind 3", "kind 9", "kind 10", "kind 11"},
    "pnm": {f"P{n}" for n in range(1, 8)},
    "qoi": {"3 channels", "4 channels"},
}


def be(data, at, n):
    return int.from_bytes(data[at:at + n], "big")


def chroma_of(mono, sub_x, sub_y):
    return CHROMA[0 if mono else 3 - sub_x - sub_y]


def avif(data):
    found = set()
    for match in re.finditer(b"av1C", data):  # AV1-ISOBMFF, 2.3.3
        profile, flags = data[match.end() + 1] >> 5, data[match.end() + 2]
        bits = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
        found.add(f"profile {profile}")
        found.add(f"{bits} bits " + chroma_of(flags & 0x10, flags >> 3 & 1,
                                              flags >> 2 & 1))
    return found | ({"alpha"} if b"auxiliary:alpha" in data else set())


def heif(data):
    found = set()
    for match in re.finditer(b"hvcC", data):  # ISO/IEC 14496-15, 8.3.3.1
        at = match.end() + 16
        found.add(f"{8 + (data[at + 1] & 7)} bits {CHROMA[data[at] & 3]}")
    if b"urn:mpeg:hevc:2015:auxid:1" in data:
        found.add("alpha")
    return found | ({"grid"} if b"grid" in data else set())


def png(data):
    bits, colour, lace = data[24], data[25], data[28]
    return ({f"{PNG_COLOURS[colour][0]} {bits}",
             "interlaced" if lace else "in rows"}
            | ({"animation"} if b"acTL" in data else set()))


def jpeg(data):
    found, at, adobe = set(), 2, None
    while data[at] == 0xff and data[at + 1] != 0xda:
        mark, size = data[at + 1], be(data, at + 2, 2)
        body = data[at + 4:at + 2 + size]
        if mark == 0xee and body[:5] == b"Adobe":
            adobe = body[11]
        if mark == 0xdd and be(body, 0, 2):
            found.add("restarts")
        if 0xc0 <= mark <= 0xcf and mark not in (0xc4, 0xc8, 0xcc):
            found.add({0xc0: "baseline", 0xc1: "extended",
                       0xc2: "progressive"}.get(mark, "arithmetic"))
            number, sampling = body[5], body[7]
        at += 2 + size
    if number == 3 and adobe != 0:
        found.add({0x22: "4:2:0", 0x21: "4:2:2", 0x11: "4:4:4"}[sampling])
    found.add({1: "gray", 3: "rgb" if adobe == 0 else "ycc",
               4: "ycck" if adobe == 2 else "cmyk"}[number])
    return found - {"ycc"}


def webp(data):
    return {name for name, mark in (("lossy", b"VP8 "), ("lossless", b"VP8L"),
                                    ("alpha", b"ALPH"), ("animation", b"ANIM"))
            if mark in data}


def gif(data):
    found, frames = set(), 0
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at] != 0x3b:
        if data[at] == 0x2c:
            frames += 1
            flags = data[at + 9]
            found.add("interlaced" if flags & 0x40 else "in rows")
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        else:
            if data[at + 1] == 0xf9 and data[at + 3] & 1:
                found.add("transparent")
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return found | ({"animation"} if frames > 1 else set())


def tiff_fields(data):
    order = "little" if data[:2] == b"II" else "big"

    def get(at, n):
        return int.from_bytes(data[at:at + n], order)
    big = get(2, 2) == 43
    at = get(8, 8) if big else get(4, 4)
    wide, count = (20, get(at, 8)) if big else (12, get(at, 2))
    at += 8 if big else 2
    fields = {}
    for i in range(count):
        row = at + wide * i
        size = {1: 1, 3: 2, 4: 4, 16: 8}.get(get(row + 2, 2), 4)
        number = get(row + 4, 8 if big else 4)
        value = row + (12 if big else 8)
        if size * number > (8 if big else 4):
            value = get(value, 8 if big else 4)
        fields[get(row, 2)] = get(value, size)
    return big, fields


def tiff(data):
    big, f = tiff_fields(data)
    return {name for name, there in (
        (TIFF_PACKINGS[f.get(259, 1)], True), (TIFF_COLOURS[f[262]], True),
        ("tiles" if 322 in f else "strips", True), ("BigTIFF", big),
        ("planes", f.get(284) == 2), ("floats", f.get(339) == 3),
        ("12 bits", f.get(258) == 12), ("16 bits", f.get(258) == 16))
        if there}


def jp2(data):
    found = {"codestream" if data[:2] == b"\xff\x4f" else "file"}
    siz, cod = data.find(b"\xff\x51"), data.find(b"\xff\x52")
    number, bits = be(data, siz + 38, 2), (data[siz + 40] & 0x7f) + 1
    whole, tile = data[siz + 6:siz + 14], data[siz + 22:siz + 30]
    found |= {f"{number} component{'s' if number > 1 else ''}",
              f"{bits} bits", "5-3" if data[cod + 13] else "9-7"}
    colr = data.find(b"colr")
    if colr >= 0 and data[colr + 4] == 1 and be(data, colr + 7, 4) == 18:
        found.add("ycc")
    return found | ({"tiles"} if whole != tile else set())


class Bits:
    """ISO/IEC 18181-1, 4.2: the lowest bit comes first."""

    def __init__(self, data):
        self.all, self.at = int.from_bytes(data, "little"), 0

    def get(self, n):
        value = self.all >> self.at & (1 << n) - 1
        self.at += n
        return value

    def u32(self, *choices):
        base, extra = choices[self.get(2)]
        return base + self.get(extra)


def jxl_size(bits):
    sizes = ((1, 9), (1, 13), (1, 18), (1, 30))
    small = bits.get(1)
    for side in range(2):
        bits.get(5) if small else bits.u32(*sizes)
        if side == 0 and bits.get(3):
            break


def jxl_depth(bits):
    if bits.get(1):
        bits.u32((32, 0), (16, 0), (24, 0), (1, 6))
        bits.get(4)
        return "floats"
    return f"{bits.u32((8, 0), (10, 0), (12, 0), (1, 6))} bits"


def jxl(data):
    """Up to what says how the colours are coded: 18181-1, D.2 and D.3."""
    start = data.find(b"\xff\x0a")
    found = {"codestream" if start == 0 else "file"}
    bits = Bits(data[start + 2:start + 40])
    jxl_size(bits)
    if bits.get(1):  # all by default
        return found | {"xyb", "8 bits"}
    if bits.get(1):  # extra fields
        bits.get(3)
        if bits.get(1):
            jxl_size(bits)
        bits.get(1)  # a preview, which no sample has
        if bits.get(1):
            found.add("animation")
            bits.u32((100, 0), (1000, 0), (1, 10), (1, 30))
            bits.u32((1, 0), (1001, 0), (1, 8), (1, 10))
            bits.u32((0, 0), (0, 3), (0, 16), (0, 32))
            bits.get(1)
    found.add(jxl_depth(bits))
    bits.get(1)
    extra = bits.u32((0, 0), (1, 0), (2, 4), (1, 12))
    if extra:
        found.add("alpha")
        if not bits.get(1):  # not alpha of 8 bits by default
            raise ValueError("an extra channel that this does not read")
    return found | {"xyb" if bits.get(1) else "not xyb"}


def bmp(data):
    if data[14] == 12:  # OS/2's first header
        return {f"{data[24]} bits"}
    return {{1: "rle8", 2: "rle4"}.get(
        int.from_bytes(data[30:34], "little"), f"{data[28]} bits")}


def ico(data):
    at = int.from_bytes(data[18:22], "little")
    if data[at:at + 4] == b"\x89PNG":
        return {"png"}
    return {f"bitmap {int.from_bytes(data[at + 14:at + 16], 'little')}"}


def tga(data):
    return {f"kind {data[2]}"}


def pnm(data):
    return {data[:2].decode("ascii")}


def qoi(data):
    return {f"{data[12]} channels"}


def samples(name):
    path = os.path.join(ROOT, "sandboxed_parsers", name, "samples.h")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    used = set(re.findall(r"\{\"\w+\", sample_(\w+)", text))
    for title, body in re.findall(
            r"uint8_t sample_(\w+)\[\] = \{(.*?)\};", text, re.DOTALL):
        if title in used:
            yield title, bytes(int(byte, 0) for byte in re.findall(
                r"0x[0-9a-f]+", body))


def table():
    rows = {}
    with open(os.path.join(HERE, "..", "samples", "features.txt"),
              encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                words = [part.strip() for part in line.split("|")]
                rows.setdefault(words[0], []).append(words[1:])
    return rows


def wrong_with(name, rows):
    has = {title: globals()[name](data) for title, data in samples(name)}
    all_of = set().union(*has.values())
    named = [row[0] for row in rows]
    wrong = [f"{feature} has no line" for feature in
             sorted((CAN[name] | all_of) - set(named))]
    wrong += [f"{feature} has two lines" for feature in sorted(set(named))
              if named.count(feature) > 1]
    wrong += [f"{feature}: no such feature" for feature in
              sorted(set(named) - CAN[name])]
    for feature, sample, *why in rows:
        if sample == "-":
            if not (why and why[0]):
                wrong.append(f"{feature}: no sample, and no reason")
            if feature in all_of:
                wrong.append(f"{feature}: some sample has it")
        elif feature not in has.get(sample, ()):
            wrong.append(f"{feature}: sample {sample} has {has.get(sample)}")
    return wrong


def main():
    results, rows = Results(), table()
    if sys.argv[1:] == ["--print"]:
        for name in CAN:
            for title, data in samples(name):
                print(name, title, sorted(globals()[name](data)))
        return 0
    formats = {f for f in os.listdir(os.path.join(ROOT, "sandboxed_parsers"))
               if os.path.exists(os.path.join(ROOT, "sandboxed_parsers", f,
                                              "samples.h"))}
    # The encoder reads pixels, and OOXML is zlib and expat alone.
    results.check(sorted((formats - {"encode", "ooxml"}) ^ set(CAN)),
                  "each format with samples is looked at")
    results.check(sorted(set(rows) ^ set(CAN)), "and is in the table")
    for name in CAN:
        results.check(wrong_with(name, rows.get(name, [])),
                      f"{name}: each feature has its sample, or a reason")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())

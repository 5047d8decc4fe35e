# SPDX-License-Identifier: ISC
"""Bombs in the formats of images beside PNG, by hand: files of some bytes that
claim, or unpack to, more than anyone wants. Side: tests."""
import os
import re
import struct

HUGE = 65535


def gif(width=HUGE, height=HUGE, frames=1):
    """Every frame is a pixel wide: all the size is in the header."""
    frame = (b"\x21\xf9\4\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1)
             + b"\0\2\2\x44\1\0")
    return (b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
            + bytes(6) + frame * frames + b";")


def bmp(width=2**31 - 1, height=2**31 - 1):
    return (b"BM" + struct.pack("<IHHI", 54, 0, 0, 54)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0,
                          0, 0) + bytes(64))


def bmp_runs(side):
    """RLE8: each pair of bytes is a run of 255 pixels."""
    row = b"\xff\1" * (side // 255) + bytes([side % 255, 1]) + b"\0\0"
    data = row * side + b"\0\1"
    return (b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 8)
            + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(data), 0,
                          0, 2, 0) + bytes(8) + data)


def ico():
    """An entry of 256 x 256 that holds a bitmap of more."""
    dib = struct.pack("<IiiHHIIiiII", 40, 2**30, 2**30, 1, 32, 0, 0, 0, 0, 0, 0)
    return (struct.pack("<HHH", 0, 1, 1)
            + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(dib) + 64, 22)
            + dib + bytes(64))


def pnm(width=10**6, height=10**6):
    return b"P6 %d %d 255\n" % (width, height) + bytes(64)


def qoi(width=2**32 - 1, height=2**32 - 1):
    return struct.pack(">4sIIBB", b"qoif", width, height, 4, 0) + bytes(64)


def qoi_runs(side):
    """A byte is a run of 62 pixels (QOI_OP_RUN)."""
    return (struct.pack(">4sIIBB", b"qoif", side, side, 4, 0)
            + b"\xfd" * (side * side // 62 + 1) + bytes(7) + b"\1")


def tga(width=HUGE, height=HUGE):
    return struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, width, height,
                       24, 0) + bytes(64)


def tga_packets(side):
    return (struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, side, side,
                        24, 0) + b"\xff\1\2\3" * (side * side // 128 + 1))


def tiff(width=2**31 - 1, height=2**31 - 1, pages=1):
    """Pages are a ring of directories if they are more than one."""
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8),
            (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1),
            (278, 4, 1, height), (279, 4, 1, 64)]
    size = 2 + 12 * len(tags) + 4
    out = b"II*\0" + struct.pack("<I", 8 + 64) + bytes(64)
    for page in range(pages):
        follow = 8 + 64 + (page + 1) * size if page + 1 < pages else 0
        out += struct.pack("<H", len(tags)) + b"".join(
            struct.pack("<HHII", *tag) for tag in tags)
        out += struct.pack("<I", follow)
    return out


def jpeg(width=65500, height=65500):
    """Gray, one table of each kind, no scan."""
    return (b"\xff\xd8" + segment(0xdb, b"\0" + b"\1" * 64)
            + segment(0xc0, struct.pack(">BHHB", 8, height, width, 1)
                      + b"\1\x11\0")
            + segment(0xc4, b"\0\1" + bytes(15) + b"\0")
            + segment(0xda, b"\1\1\0\0\x3f\0") + bytes(64) + b"\xff\xd9")


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_scans(side, scans):
    """Progressive, and each scan of ten bytes goes over the whole image."""
    scan = segment(0xda, b"\1\1\0\0\0\0") + bytes(8)
    again = segment(0xda, b"\1\1\0\1\x3f\0") + b"\x7f" * 8
    return (b"\xff\xd8" + segment(0xdb, b"\0" + b"\1" * 64)
            + segment(0xc2, struct.pack(">BHHB", 8, side, side, 1)
                      + b"\1\x11\0")
            + segment(0xc4, b"\0\1" + bytes(15) + b"\0")
            + segment(0xc4, b"\x10\1" + bytes(15) + b"\0")
            + scan + again * scans + b"\xff\xd9")


def webp(width=60000, height=60000):
    """VP8X of an animation; its one frame is a lossless image of 1 x 1."""
    image = b"VP8L" + struct.pack("<I", 8) + b"\x2f" + bytes(7)
    frame = bytes(6) + bytes(6) + b"\1\0\0\0" + image
    body = (b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0"
            + (width - 1).to_bytes(3, "little")
            + (height - 1).to_bytes(3, "little")
            + b"ANIM" + struct.pack("<I", 6) + bytes(6)
            + b"ANMF" + struct.pack("<I", len(frame)) + frame)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_lossless(side=16383):
    """VP8L: 14 bits for each side, and no more than the header."""
    bits = (side - 1) | (side - 1) << 14
    body = b"VP8L" + struct.pack("<I", 64) + b"\x2f" + bits.to_bytes(4, "little")
    body += bytes(59)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def jp2(width=60000, height=60000):
    """A codestream's SIZ (ISO/IEC 15444-1, A.5.1), one tile as large."""
    siz = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, width, height, 0,
                      0, 1) + b"\7\1\1"
    return (b"\xff\x4f" + segment(0x51, siz)
            + segment(0x52, b"\0\0\0\1\0\5\4\4\0\1")
            + segment(0x5c, b"\x40" + b"\x40" * 16)
            + segment(0x90, b"\0\0\0\0\0\0\0\1") + b"\xff\x93" + bytes(8)
            + b"\xff\xd9")


def sample(name, title):
    """A worker's own warm-up sample, out of its header."""
    path = os.path.join(os.path.dirname(__file__), "..", "..",
                        "sandboxed_parsers", name, "samples.h")
    with open(path, encoding="utf-8") as file:
        body = file.read().split(f"sample_{title}[] = {{", 1)[1].split("}", 1)[0]
    return bytes(int(b, 16) for b in re.findall(r"0x([0-9a-f]{2})", body))


def ispe(name, width=HUGE, height=HUGE):
    """AVIF or HEIF: what the box ispe (ISO/IEC 23008-12, 6.5.3) claims."""
    data = bytearray(sample(name, "yuv420"))
    at = data.index(b"ispe") + 8
    data[at:at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def jxl(side=2**18):
    """SizeHeader (ISO/IEC 18181-1, A.3): not small, 30 bits of height, ratio
    1:1; then two bundles that are all default, and nothing that matters."""
    bits = 3 << 1 | (side - 1) << 3 | 1 << 33 | 1 << 36 | 1 << 37
    return b"\xff\x0a" + bits.to_bytes(5, "little") + bytes(64)

# SPDX-License-Identifier: ISC
"""Small pictures made by hand, with whatever is to stand beside the pixels, and
the pixels of a PNG that the command wrote. Samples are straight RGB(A)."""
import struct
import zlib


# ---- PNG -------------------------------------------------------------------

def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png(width, height, rgb, extra=b"", after=b"", kind=2):
    """kind 2: RGB, 0: gray."""
    row = width * (3 if kind == 2 else 1)
    rows = b"".join(b"\0" + rgb[i:i + row] for i in range(0, len(rgb), row))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0,
                                         0, 0))
            + extra + chunk(b"IDAT", zlib.compress(rows)) + after
            + chunk(b"IEND", b""))


def iccp(icc):
    return chunk(b"iCCP", b"name\0\0" + zlib.compress(icc))


def pixels_of_png(data):
    """Width, height, and RGBA rows as the command writes them: 8 bits, RGB or
    RGBA, any filter."""
    pos, packed, head = 8, b"", None
    while pos < len(data):
        length, kind = struct.unpack(">I4s", data[pos:pos + 8])
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", data[pos + 8:pos + 21])
        if kind == b"IDAT":
            packed += data[pos + 8:pos + 8 + length]
        pos += length + 12
    width, height, step = head[0], head[1], 4 if head[3] == 6 else 3
    raw, out = zlib.decompress(packed), bytearray()
    before = bytearray(width * step)
    for y in range(height):
        at = y * (width * step + 1)
        row = unfilter(raw[at], raw[at + 1:at + 1 + width * step], before,
                       step)
        before = row
        for x in range(0, len(row), step):
            out += row[x:x + 3] + (row[x + 3:x + 4] if step == 4
                                   else b"\xff")
    return width, height, bytes(out)


def unfilter(kind, line, up, step):
    row = bytearray(len(line))
    for i, value in enumerate(line):
        a = row[i - step] if i >= step else 0
        b = up[i]
        c = up[i - step] if i >= step else 0
        if kind == 1:
            value += a
        elif kind == 2:
            value += b
        elif kind == 3:
            value += (a + b) // 2
        elif kind == 4:
            p = a + b - c
            value += min((abs(p - a), 0, a), (abs(p - b), 1, b),
                         (abs(p - c), 2, c))[2]
        row[i] = value & 255
    return row


def apng(side, delays, hidden=False):
    """A frame for each delay, (number, per), all of it in gif_colour of its
    number. hidden: the first is no part of the animation."""
    number, parts = 0, []

    def numbered(kind, data):
        nonlocal number
        number += 1
        return chunk(kind, struct.pack(">I", number - 1) + data)

    for i, delay in enumerate(delays):
        if i > 0 or not hidden:
            parts.append(numbered(b"fcTL", struct.pack(
                ">IIIIHHBB", side, side, 0, 0, *delay, 0, 0)))
        data = zlib.compress((b"\0" + bytes(gif_colour(i)) * side) * side)
        parts.append(numbered(b"fdAT", data) if i else chunk(b"IDAT", data))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"acTL", struct.pack(">II", len(delays) - hidden, 0))
            + b"".join(parts) + chunk(b"IEND", b""))


# ---- TIFF ------------------------------------------------------------------

def tiff(width, height, rgb, icc=b"", texts=()):
    """One strip; texts are (tag, bytes), ascending."""
    data, blobs = rgb + bytes(len(rgb) % 2), []
    for tag, kind, blob in [(t, 2, b + b"\0") for t, b in texts] + (
            [(34675, 7, icc)] if icc else []):
        blob += bytes(max(0, 5 - len(blob)))  # never inside its entry
        blobs.append((tag, kind, len(blob), 8 + len(data)))
        data += blob + bytes(len(blob) % 2)
    rows = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8),
            (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3),
            (278, 4, 1, height), (279, 4, 1, len(rgb))] + blobs
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data \
        + struct.pack("<H", len(rows)) \
        + b"".join(struct.pack("<HHII", *row) for row in sorted(rows)) \
        + bytes(4)


# ---- BMP -------------------------------------------------------------------

def bmp(width, height, rgb, icc=b"", space=b"sRGB"):
    """24 bits, with the header that may name a profile or a colour space."""
    stride = (width * 3 + 3) // 4 * 4
    rows = b""
    for y in reversed(range(height)):
        row = rgb[y * width * 3:(y + 1) * width * 3]
        row = b"".join(row[i:i + 3][::-1] for i in range(0, len(row), 3))
        rows += row + bytes(stride - len(row))
    head = struct.pack("<IiiHHIIiiII", 124, width, height, 1, 24, 0, len(rows),
                       0, 0, 0, 0) + bytes(16)
    head += (b"MBED" if icc else space)[::-1] + bytes(36 + 12 + 4)
    head += struct.pack("<III", 124 + len(rows) if icc else 0, len(icc), 0)
    return struct.pack("<2sIII", b"BM", 14 + 124 + len(rows) + len(icc), 0,
                       14 + 124) + head + rows + icc


# ---- GIF -------------------------------------------------------------------

def gif_colour(i):
    return (37 * i % 256, 11 * i % 256, 255 - 5 * i % 256)


def gif(side, delays, extra=b""):
    """A frame for each delay, all of it in gif_colour of its number; codes of
    nine bits, with a clear code before they would grow."""
    out = b"GIF89a" + struct.pack("<HHBBB", side, side, 0xf7, 0, 0) + \
        bytes(c for i in range(256) for c in gif_colour(i)) + extra
    for i, delay in enumerate(delays):
        bits, n, data, codes = 0, 0, bytearray(), [256]
        for p in range(side * side):
            codes += [i] if p % 100 else [256, i]
        for code in codes + [257]:
            bits |= code << n
            n += 9
            while n >= 8:
                data.append(bits & 255)
                bits, n = bits >> 8, n - 8
        data.append(bits & 255)
        out += b"\x21\xf9\x04\x00" + struct.pack("<H", delay) + b"\0\0" + \
            b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x08" + \
            sub_blocks(data)
    return out + b";"


def sub_blocks(data):
    return b"".join(bytes([len(data[k:k + 255])]) + bytes(data[k:k + 255])
                    for k in range(0, len(data), 255)) + b"\0"


# ---- EXIF ------------------------------------------------------------------

def exif(*tags):
    """A TIFF header and a directory of (tag, text or short number)."""
    rows, blob = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for tag, value in sorted(tags):
        if isinstance(value, int):
            rows += struct.pack(">HHIHH", tag, 3, 1, value, 0)
            continue
        value = value + b"\0" + bytes(max(0, 4 - len(value)))
        rows += struct.pack(">HHII", tag, 2, len(value), start + len(blob))
        blob += value
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(tags)) + rows \
        + bytes(4) + blob

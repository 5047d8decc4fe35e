# SPDX-License-Identifier: ISC
"""ICC profiles of primaries and a power, made by hand (ICC.1:2010)."""
import struct

SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971),
        (0.1431, 0.0606, 0.7141))
SWAPPED = (SRGB[1], SRGB[0], SRGB[2])  # red for green
P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419),
      (0.1571, 0.0666, 0.7841))
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def fixed(v):
    return struct.pack(">i", round(v * 65536))


def curve(what):
    """A power, or the five numbers of parametricCurveType 3."""
    if isinstance(what, tuple):
        return b"para\0\0\0\0\0\x03\0\0" + b"".join(map(fixed, what))
    return b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(what * 256), 0)


def profile(primaries, tone=2.2, description=b"x", space=b"RGB ", codes=None):
    """codes: primaries and transfer of ITU-T H.273 (cicpTag)."""
    tags = {"wtpt": b"XYZ \0\0\0\0" + b"".join(map(fixed, (0.9642, 1,
                                                           0.8249)))}
    for name, value in zip("rgb", primaries):
        tags[name + "XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(fixed, value))
        tags[name + "TRC"] = curve(tone)
    if space == b"GRAY":
        tags["kTRC"] = curve(tone)
    tags["desc"] = b"desc\0\0\0\0" + struct.pack(
        ">I", len(description) + 1) + description + b"\0" + bytes(78)
    if codes:
        tags["cicp"] = b"cicp\0\0\0\0" + bytes((*codes, 0, 1))
    tags["cprt"] = b"text\0\0\0\0x\0\0\0"
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name.encode() + struct.pack(">II", start + len(body),
                                             len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"none", 0x02400000, b"mntr",
                       space, b"XYZ ", bytes(12), b"acsp")
    head += bytes(68 - len(head)) + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) \
        + table + body

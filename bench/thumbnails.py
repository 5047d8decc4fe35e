#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How good are our thumbnails, held against libvips'?

usage: bench/thumbnails.py GLOVEBOX FOLDER...        (`make bench-thumbnails`)

Every picture of the folders that is at least twice the box is decoded by
glovebox to a clean PNG first: no other program ever opens the file itself.
Of that PNG a thumbnail is made by glovebox, by vipsthumbnail --linear, and by
vipsthumbnail in the gamma of the file; told are PSNR and SSIM (scikit-image)
between them, and of each against a reference: box averages in linear light in
double precision, which is what a thumbnail of an ideal camera would be.
"""
import glob
import os
import statistics
import subprocess
import sys
import tempfile

import numpy
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

BOX = 128
MOST = 60


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def pixels(path, size=None):
    """On black: what is transparent is nobody's colour."""
    image = Image.open(path).convert("RGBA")
    if size and image.size != size:
        return None
    flat = Image.new("RGBA", image.size, (0, 0, 0, 255))
    flat.alpha_composite(image)
    return numpy.asarray(flat.convert("RGB"))


def linear(v):
    """IEC 61966-2-1."""
    v = v / 255.0
    return numpy.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def gamma(v):
    v = numpy.clip(v, 0, 1)
    return numpy.where(v <= 0.0031308, v * 12.92,
                       1.055 * v ** (1 / 2.4) - 0.055) * 255


def areas(plane, size):
    """Averages over areas along the first axis, borders shared by weight."""
    count = plane.shape[0]
    total = numpy.concatenate([numpy.zeros((1,) + plane.shape[1:]),
                               numpy.cumsum(plane, axis=0)])
    edge = numpy.linspace(0, count, size + 1)
    low = numpy.minimum(edge.astype(int), count - 1)
    part = (edge - low).reshape((-1,) + (1,) * (plane.ndim - 1))
    at = total[low] + part * plane[low]
    return numpy.diff(at, axis=0) / (count / size)


def ideal(path, size):
    mean = areas(linear(pixels(path).astype(float)), size[1])
    mean = areas(mean.swapaxes(0, 1), size[0]).swapaxes(0, 1)
    return numpy.rint(gamma(mean)).astype(numpy.uint8)


def compare(a, b):
    side = min(a.shape[0], a.shape[1], 7) | 1
    same = numpy.array_equal(a, b)
    return (99.0 if same else peak_signal_noise_ratio(a, b),
            structural_similarity(a, b, channel_axis=2,
                                  win_size=side if side <= min(a.shape[:2])
                                  else side - 2))


def one(glovebox, path, folder):
    """{pair: (psnr, ssim)}, or None where there is nothing to compare."""
    whole, ours, lin, gam = (os.path.join(folder, name) for name in
                             ("whole.png", "ours.png", "lin.png", "gam.png"))
    if run(glovebox, "decode", "--png", whole, path) != 0:
        return None
    width, height = Image.open(whole).size
    if min(width, height) < 2 * BOX or width * height > 40e6:
        return None
    box = f"{BOX}x{BOX}"
    if run(glovebox, "thumbnail", "-s", str(BOX), whole, ours) \
            or run("vipsthumbnail", "--linear", "-s", box, "-o", lin, whole) \
            or run("vipsthumbnail", "-s", box, "-o", gam, whole):
        return None
    size = Image.open(ours).size
    mine, theirs, theirs_gamma = (pixels(p, size) for p in (ours, lin, gam))
    if theirs is None or theirs_gamma is None or min(size) < 7:
        return None
    best = ideal(whole, size)
    return {"glovebox : vips --linear": compare(mine, theirs),
            "glovebox : vips": compare(mine, theirs_gamma),
            "glovebox : ideal": compare(mine, best),
            "vips --linear : ideal": compare(theirs, best),
            "vips : ideal": compare(theirs_gamma, best)}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    glovebox, folders = sys.argv[1], sys.argv[2:]
    files = [f for folder in folders
             for f in sorted(glob.glob(f"{folder}/*")) if os.path.isfile(f)]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            got = one(glovebox, path, folder) if len(rows) < MOST else None
            if got:
                rows.append(got)
    if not rows:
        sys.exit("no picture in there is large enough")
    print(f"{len(rows)} pictures, box {BOX}; medians and lowest")
    for pair in rows[0]:
        psnr = [row[pair][0] for row in rows]
        ssim = [row[pair][1] for row in rows]
        print(f"  {pair:26}  PSNR {statistics.median(psnr):5.1f} dB "
              f"({min(psnr):5.1f})   SSIM {statistics.median(ssim):.4f} "
              f"({min(ssim):.4f})")


if __name__ == "__main__":
    main()

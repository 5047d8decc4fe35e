#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write one picture of 4000 x 3000 in every format of images.

usage: bench/formats/samples.py DIRECTORY

Our own picture, so that it may be opened in-process: soft shapes under the
noise of a small sensor. By Pillow, and by the tools of libjxl, libavif and
libheif. An icon is at most 256 x 256, and so is what this writes of one.
"""
import os
import struct
import subprocess
import sys

import numpy
from PIL import Image

WIDTH, HEIGHT = 4000, 3000


def picture():
    random = numpy.random.default_rng(5)
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(numpy.float32)
    planes = []
    for k in range(3):
        plane = 110 + 60 * numpy.sin(x / (310 + 90 * k)) \
            * numpy.cos(y / (270 - 40 * k))
        plane += 40 * (((x - 900 * (k + 1)) ** 2 + (y - 1300) ** 2) < 6e5)
        plane += 12 * (numpy.sin(x / 3.1 + k) * numpy.sin(y / 2.7))
        plane += random.normal(0, 3, plane.shape).astype(numpy.float32)
        planes.append(plane.clip(0, 255).astype(numpy.uint8))
    return Image.fromarray(numpy.dstack(planes))


def qoi(image, path):
    """QOI specification: every pixel as QOI_OP_RGB, which is allowed."""
    pixels = numpy.asarray(image.convert("RGB")).reshape(-1, 3)
    out = numpy.full((len(pixels), 4), 0xfe, numpy.uint8)
    out[:, 1:] = pixels
    with open(path, "wb") as file:
        file.write(struct.pack(">4sIIBB", b"qoif", *image.size, 3, 0))
        file.write(out.tobytes())
        file.write(b"\0\0\0\0\0\0\0\1")


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def write_all(folder):
    image = picture()

    def path(name):
        return os.path.join(folder, name)

    image.save(path("png.png"), compress_level=6)
    image.save(path("jpeg.jpg"), quality=85)
    image.save(path("webp.webp"), quality=80, method=2)
    image.quantize(256).save(path("gif.gif"))
    image.save(path("bmp.bmp"))
    image.save(path("tga.tga"))
    image.save(path("pnm.ppm"))
    image.save(path("tiff.tif"), compression="tiff_adobe_deflate")
    image.save(path("jp2.jp2"), quality_mode="rates", quality_layers=[12])
    image.convert("RGBA").resize((256, 256)).save(path("ico.ico"))
    qoi(image, path("qoi.qoi"))
    run("cjxl", "-q", "85", "-e", "3", path("png.png"), path("jxl.jxl"))
    run("avifenc", "-s", "9", "-j", "2", path("png.png"), path("avif.avif"))
    run("heif-enc", "-q", "70", "-o", path("heif.heic"), path("png.png"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    write_all(sys.argv[1])

# SPDX-License-Identifier: ISC
"""Other readers of images, all from Debian's packages: each gives the first
picture of a file as an array of straight 8-bit RGBA, or says why not. They
see only files that their own folder calls valid; each runs in a process of its
own with a deadline, for some are not used to what others write."""
import io
import multiprocessing
import os
import resource
import subprocess
import tempfile

import numpy
from PIL import Image

SECONDS = 60
MEMORY = 4 << 30
Image.MAX_IMAGE_PIXELS = None


class NotRead(Exception):
    pass


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def command(*arguments):
    try:
        done = subprocess.run(arguments, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS,
                              preexec_fn=limit, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as e:
        raise NotRead(f"{arguments[0]}: {SECONDS} s") from e
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotRead(lines[-1][:120] if lines else
                      f"exit status {done.returncode}")
    return done.stdout


def rgba_of(image):
    """Samples of 16 bits as glovebox reduces them; the rest by Pillow."""
    if image.mode.startswith("I"):
        wide = numpy.asarray(image).astype(numpy.int64).clip(0, 65535)
        gray = ((wide * 255 + 32767) // 65535).astype(numpy.uint8)
        return numpy.dstack([gray] * 3 + [numpy.full_like(gray, 255)])
    if image.mode == "F":
        raise NotRead("samples of floating point have no stated range")
    return numpy.asarray(image.convert("RGBA"))


def read_here(path):
    with Image.open(path) as image:
        return rgba_of(image)


def in_child(path, pipe):
    try:
        limit()
        pipe.send(read_here(path))
    except Exception as e:  # whatever a reader says of a file
        pipe.send(str(e)[:120] or type(e).__name__)


def pillow(path):
    mine, other = multiprocessing.Pipe(False)
    child = multiprocessing.get_context("fork").Process(
        target=in_child, args=(path, other))
    child.start()
    other.close()
    try:
        got = mine.recv() if mine.poll(SECONDS) else f"{SECONDS} s"
    except EOFError:
        got = "crashed"
    child.kill()
    child.join()
    if isinstance(got, str):
        raise NotRead(got)
    return got


def ffmpeg(path):
    return rgba_of(Image.open(io.BytesIO(command(
        "ffmpeg", "-v", "error", "-nostdin", "-noautorotate", "-i", path,
        "-frames:v", "1", "-sws_flags",
        "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
        "-pix_fmt", "rgba", "-c:v", "png", "-f", "image2pipe", "-"))))


def imagemagick(path):
    """Inks are converted; a PNG's gamma is not applied."""
    with open(path, "rb") as f:
        to_srgb = "-set" if f.read(4) == b"\x89PNG" else "-colorspace"
    names = ["colorspace", "sRGB"] if to_srgb == "-set" else ["sRGB"]
    return rgba_of(Image.open(io.BytesIO(command(
        "convert", f"{path}[0]", "+profile", "*", to_srgb, *names,
        "-depth", "8", "png32:-"))))


def to_file(suffix, *arguments):
    """A tool that writes a file: IN and OUT in its arguments."""
    def read(path):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out" + suffix)
            command(*[{"IN": path, "OUT": out}.get(a, a) for a in arguments])
            names = sorted(os.listdir(folder))
            if not names:
                raise NotRead("nothing was written")
            return read_here(os.path.join(folder, names[0]))
    return read


def no_suffix(suffix, read):
    """For tools that go by the name of their input."""
    def renamed(path):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "in" + suffix)
            os.symlink(os.path.abspath(path), name)
            return read(name)
    return renamed


def opj(path):
    with open(path, "rb") as f:
        bare = f.read(2) == b"\xff\x4f"
    return no_suffix(".j2k" if bare else ".jp2", to_file(
        ".png", "opj_decompress", "-i", "IN", "-o", "OUT"))(path)


EVERY = [("Pillow", pillow), ("ImageMagick", imagemagick), ("ffmpeg", ffmpeg)]
OWN = {
    "jpeg": [("djpeg", to_file(".ppm", "djpeg", "-outfile", "OUT", "IN"))],
    "webp": [("dwebp", to_file(".png", "dwebp", "IN", "-o", "OUT"))],
    "tiff": [("tiff2rgba", to_file(".tif", "tiff2rgba", "IN", "OUT"))],
    "jp2": [("opj_decompress", opj)],
    "avif": [("avifdec", to_file(".png", "avifdec", "-d", "8", "IN", "OUT")),
             ("heif-convert", to_file(".png", "heif-convert", "IN", "OUT"))],
    "heif": [("heif-convert", to_file(".png", "heif-convert", "IN", "OUT"))],
    "jxl": [("djxl", to_file(".png", "djxl", "IN", "OUT"))],
}


def asked(read):
    """What a reader leaves behind when it fails is its own affair."""
    def ask(path):
        try:
            return read(path)
        except NotRead:
            raise
        except (OSError, SyntaxError, ValueError) as e:
            raise NotRead(str(e)[:120]) from e
    return ask


def readers_of(kind):
    """The cheap ones first."""
    return [(name, asked(read)) for name, read in
            EVERY[:1] + OWN.get(kind, []) + EVERY[1:]]

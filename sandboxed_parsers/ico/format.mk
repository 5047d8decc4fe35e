# SPDX-License-Identifier: ISC
# An icon holds bitmaps and PNGs.
NEEDS.ico := png.h=libpng-dev zlib.h=zlib1g-dev
LIBS.ico  := -lpng16 -lz
USES.ico  := exif
MORE.ico  := $(addprefix sandboxed_parsers/,bmp/dib.c bmp/rows.c \
    $(addprefix png/,png.c decoder.c chunks.c walk.c))

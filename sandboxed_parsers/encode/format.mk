# SPDX-License-Identifier: ISC
NEEDS.encode  := webp/encode.h=libwebp-dev webp/mux.h=libwebp-dev \
                 jpeglib.h=libjpeg62-turbo-dev png.h=libpng-dev \
                 zlib.h=zlib1g-dev
LIBS.encode   := -l:libwebpmux.a -lwebp -ljpeg -lpng16 -lz
SHARED.encode := yes
BENCH.encode  := no

# SPDX-License-Identifier: ISC
NEEDS.webp  := webp/demux.h=libwebp-dev
LIBS.webp   := -lwebpdemux -lwebp
USES.webp   := exif
SHARED.webp := yes

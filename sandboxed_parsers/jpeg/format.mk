# SPDX-License-Identifier: ISC
NEEDS.jpeg  := jpeglib.h=libjpeg62-turbo-dev
LIBS.jpeg   := -ljpeg
USES.jpeg   := exif
SHARED.jpeg := yes

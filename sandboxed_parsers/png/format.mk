# SPDX-License-Identifier: ISC
NEEDS.png := png.h=libpng-dev zlib.h=zlib1g-dev
LIBS.png  := -lpng16 -lz
USES.png  := exif
CORE.png  := yes

# SPDX-License-Identifier: ISC
NEEDS.jxl  := jxl/decode.h=libjxl-dev
LIBS.jxl   := -ljxl
USES.jxl   := exif
SHARED.jxl := yes

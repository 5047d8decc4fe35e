# SPDX-License-Identifier: ISC
NEEDS.tiff  := tiffio.h=libtiff-dev
LIBS.tiff   := -ltiff
SHARED.tiff := yes

# SPDX-License-Identifier: ISC
NEEDS.avif  := avif/avif.h=libavif-dev
LIBS.avif   := -lavif
USES.avif   := exif
SHARED.avif := yes

# SPDX-License-Identifier: ISC
NEEDS.heif  := libheif/heif.h=libheif-dev libde265/de265.h=libde265-dev
LIBS.heif   := -lheif -lde265
USES.heif   := exif
SHARED.heif := yes

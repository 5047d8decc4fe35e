# SPDX-License-Identifier: ISC
NEEDS.jp2  := openjpeg-2.5/openjpeg.h=libopenjp2-7-dev
LIBS.jp2   := -lopenjp2
SHARED.jp2 := yes

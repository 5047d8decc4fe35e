# SPDX-License-Identifier: ISC
NEEDS.gif := gif_lib.h=libgif-dev
LIBS.gif  := -lgif

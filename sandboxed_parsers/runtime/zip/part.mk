# SPDX-License-Identifier: ISC
NEEDS.zip := minizip/unzip.h=libminizip-dev libdeflate.h=libdeflate-dev \
             zlib.h=zlib1g-dev
LIBS.zip  := -lminizip -ldeflate -lz

# SPDX-License-Identifier: ISC
# Without libexif its users are built all the same: OPTIONAL. Its archive in
# shared workers, too: each library more is dear at fork.
NEEDS.exif    := libexif/exif-data.h=libexif-dev
LIBS.exif      = $(EXIF)
OPTIONAL.exif := yes

# SPDX-License-Identifier: ISC
# Little CMS, of which Debian has no archive: what hands ICC profiles to
# gbx_sink_icc is shared for its sake.
NEEDS.shared := lcms2.h=liblcms2-dev
LIBS.shared  := -llcms2

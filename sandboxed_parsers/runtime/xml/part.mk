# SPDX-License-Identifier: ISC
NEEDS.xml := expat.h=libexpat1-dev
LIBS.xml  := -lexpat

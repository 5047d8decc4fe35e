#!/bin/bash
# SPDX-License-Identifier: ISC
# `make layers` on the tree as it stands.
cd "$(dirname "$0")/../.." || exit 1
exec python3 mk/layers.py "${B:-build/release}" ${FORMATS:-png ooxml}

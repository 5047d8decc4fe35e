# SPDX-License-Identifier: ISC
# No library.

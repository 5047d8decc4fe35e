# SPDX-License-Identifier: ISC
# The README's commands on a new Debian (tests/bare/run.sh): a minimal tree, git,
# make, gcc and libc6-dev, `make demo' and `make check' as they stand there, and
# the demo again as an ordinary user with umask 002. Root alone can.
#   make bare [RELEASE=bookworm]   all; RELEASE=trixie is Debian 13
#   make bare-demo [RELEASE=..]    the demo alone, as root and as that user
#   make bare-check [RELEASE=..]   the demo as root, then the tests
# Mirrors and proxies are those of the host's apt; MIRROR=URL and
# SECURITY_MIRROR=URL name others. BARE_DIR keeps the minimal tree, so that the
# second time is faster, and the log.

RELEASE    ?= bookworm
BARE_DIR   ?= build/bare
STEPS.bare       := demo user check
bare bare-demo bare-check:
	@MIRROR='$(MIRROR)' SECURITY_MIRROR='$(SECURITY_MIRROR)' \
	    GBX_CORPUS='$(GBX_CORPUS)' bash tests/bare/run.sh '$(BARE_DIR)' \
	    '$(RELEASE)' $(STEPS.$@)
STEPS.bare-demo  := demo user
STEPS.bare-check := demo check

.PHONY: bare bare-demo bare-check

# SPDX-License-Identifier: ISC
# make help: the targets for people. tests/project/only_make.sh holds it against
# the heads of mk/*.mk.

define HELP
glovebox: parsers in processes that can do nothing. Targets:

  make               the command, the library, the workers: $(B)
  make demo          real and hostile files through it, told in a table;
                     installs what it needs (and says so first)
  make check         all tests; installs what they need (and says so first)
  make install       PREFIX=/usr/local DESTDIR= LIBDIR= WORKERDIR=
  make uninstall     undoes it
  make clean         removes build/

packages (mk/deps.mk; nothing is done where nothing is missing)
  make deps-build    what `make' needs
  make deps-demo     and `make demo'
  make deps          and `make check'
  make deps-bench    and `make formats-table', `make bench-thumbnails'
  make deps-6.1      and `make check-6.1'
  make deps-oracles  what `make oracles' needs
  make deps-bare     what `make bare' needs

tests, by part (after `make deps')
  make unit [ROOM=gate]   unit tests        make e2e       on the built tree
  make host               hard hosts        make faults    calls that fail
  make check-project      the tree itself   make layers    who includes what
  make soak               hours             make mutants   hours
  make coverage           trusted side      make tcb       lines to trust
  make bare               `make demo' and `make check' on a new Debian, as root;
                          RELEASE=bookworm|trixie; bare-demo, bare-check: parts
  make check-6.1          on Debian 12's own kernel, in qemu
  make oracles            others' test images against other readers; downloads
  make mutants-rows       tables without a row, one at a time
  make fuzz TARGET=gate T=60                make fuzz-smoke, fuzz-replay

for developers
  make format, format-check, lint, man      make examples
  make bench              make formats-table, bench-thumbnails
  make hostile-kit        make blocklist, samples, fuzz-seeds

VARIANT=release|asan|tsan|cov, B=folder, CC=compiler, V=1 (whole commands).
README.md says what it is, HACKING.md how it is built.
endef
help:
	@: $(info $(HELP))

.PHONY: help

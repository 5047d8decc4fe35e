# SPDX-License-Identifier: ISC
# make install [PREFIX=/usr/local] [DESTDIR=]; make uninstall undoes it.
# The library looks for its workers in $(WORKERDIR), so install with the PREFIX
# it was built with: another one compiles anew.

INSTALL ?= install
DEST     = $(DESTDIR)$(PREFIX)
EXECS    = $(notdir $(WORKERS) $(HELPERS))
MANPAGES = $(wildcard docs/man/*.1)

$(B)/glovebox.pc: glovebox.pc.in $(B)/flags
	@sed 's|@PREFIX@|$(PREFIX)|; s|@WORKERDIR@|$(WORKERDIR)|; s|@VERSION@|$(VERSION)|' \
	    $< >$@

install: all $(B)/glovebox.pc
	$(INSTALL) -d $(DEST)/bin $(DEST)/lib/pkgconfig $(DEST)/include \
	    $(DEST)/share/man/man1 $(DESTDIR)$(WORKERDIR)
	$(INSTALL) -m 755 $(B)/glovebox $(DEST)/bin/
	$(INSTALL) -m 644 $(B)/libglovebox.a $(B)/libglovebox.so.0 $(DEST)/lib/
	ln -sf libglovebox.so.0 $(DEST)/lib/libglovebox.so
	$(INSTALL) -m 644 $(B)/glovebox.pc $(DEST)/lib/pkgconfig/
	$(INSTALL) -m 644 include/glovebox.h $(DEST)/include/
	$(INSTALL) -m 755 $(WORKERS) $(HELPERS) $(DESTDIR)$(WORKERDIR)/
	$(if $(MANPAGES),$(INSTALL) -m 644 $(MANPAGES) $(DEST)/share/man/man1/)
uninstall:
	rm -f $(DEST)/bin/glovebox $(DEST)/lib/libglovebox.a \
	    $(DEST)/lib/libglovebox.so $(DEST)/lib/libglovebox.so.0 \
	    $(DEST)/lib/pkgconfig/glovebox.pc $(DEST)/include/glovebox.h \
	    $(MANPAGES:docs/man/%=$(DEST)/share/man/man1/%) \
	    $(EXECS:%=$(DESTDIR)$(WORKERDIR)/%)
	-rmdir $(DESTDIR)$(WORKERDIR)
man:
	mandoc -Tlint -Werror $(MANPAGES)

.PHONY: install uninstall man

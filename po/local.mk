# SPDX-License-Identifier: Apache-2.0
#
# Translations: one <language>.po each, compiled where msgfmt is at hand.
# `make update-po` renews POTFILES.in and merges new messages into them.

po_languages = ja
EXTRA_DIST += %D%/POTFILES.in %D%/ja.po
po_catalogues = $(po_languages:%=po/locale/%/LC_MESSAGES/sekisho.mo)

if MSGFMT
noinst_DATA += $(po_catalogues)
CLEANFILES += $(po_catalogues)

po/locale/%/LC_MESSAGES/sekisho.mo: po/%.po
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(MSGFMT) --check -o $@ $<

install-data-local: $(po_catalogues)
	for language in $(po_languages); do \
	  folder="$(DESTDIR)$(localedir)/$$language/LC_MESSAGES"; \
	  $(MKDIR_P) "$$folder" \
	    && $(INSTALL_DATA) po/locale/$$language/LC_MESSAGES/sekisho.mo "$$folder" || exit 1; \
	done

uninstall-local:
	for language in $(po_languages); do \
	  rm -f "$(DESTDIR)$(localedir)/$$language/LC_MESSAGES/sekisho.mo"; \
	done
endif

.PHONY: update-po
update-po:
	cd $(srcdir) && grep -lrE '\b(_|N_|_n) \(' core --include='*.c' | grep -v /tests/ \
	  | LC_ALL=C sort >po/POTFILES.in \
	  && xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=_n:1,2 --language=C \
	    --package-name=sekisho --no-location --sort-output -f po/POTFILES.in -o po/sekisho.pot \
	  && for language in $(po_languages); do \
	    msgmerge --quiet --update --backup=none --no-fuzzy-matching po/$$language.po po/sekisho.pot; \
	  done; rm -f po/sekisho.pot

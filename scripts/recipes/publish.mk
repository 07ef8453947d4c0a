# SPDX-License-Identifier: MIT
# Make: `include publish.mk`. Every recipe of the makefile may add files below dist/, but replace none there.
export LD_PRELOAD := libnoclobber.so
export NOCLOBBER_PROTECT := $(CURDIR)/dist/
# Instead, only for `publish` and its prerequisites:
#   publish: export LD_PRELOAD := libnoclobber.so
# Or for a single line of a recipe:
#	noclobber --protect dist/ -- mv $<.new dist/$<

ARTIFACT ?= app.tar.gz

.PHONY: publish
publish: $(ARTIFACT)
	mkdir -p dist
	cp $< $<.new
	mv $<.new dist/$<

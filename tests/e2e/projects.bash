# SPDX-License-Identifier: MIT
# Small real projects that several test files build: `load projects` after ../common. Each function makes a folder and changes to it.
# shellcheck shell=bash

# automake_project: ./hello, not yet bootstrapped; `make publish` makes a release and moves it to dist/.
automake_project() {
  need autoreconf automake make cc tar
  mkdir hello
  cd hello || return 1
  cat >configure.ac <<'END'
AC_INIT([hello], [1.0])
AM_INIT_AUTOMAKE([foreign])
AC_PROG_CC
AC_CONFIG_HEADERS([config.h])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END
  cat >Makefile.am <<'END'
bin_PROGRAMS = hello
hello_SOURCES = main.c word.c word.h
publish: dist
	mkdir -p dist
	cp $(distdir).tar.gz dist/.new
	mv -f dist/.new dist/$(distdir).tar.gz
END
  printf '#include <stdio.h>\n#include "word.h"\nint main(void) { puts(word()); return 0; }\n' >main.c
  printf '#include "word.h"\nconst char *word(void) { return WORD; }\n' >word.c
  printf 'const char *word(void);\n#define WORD "one"\n' >word.h
}

# npm_project: ./app with a lockfile, depending on a tarball of ../library, which contains a dist/, as most packages do.
npm_project() {
  need node npm
  export HOME=$PWD npm_config_cache=$PWD/cache npm_config_offline=true npm_config_audit=false npm_config_fund=false
  export npm_config_update_notifier=false npm_config_loglevel=error
  mkdir -p library/dist app
  echo '{ "name": "library", "version": "1.0.0", "main": "dist/index.js" }' >library/package.json
  echo 'module.exports = "from the library"' >library/dist/index.js
  (cd library && npm pack --pack-destination ..)
  cat >app/package.json <<'END'
{
  "name": "app", "version": "1.0.0",
  "dependencies": { "library": "file:../library-1.0.0.tgz" },
  "scripts": {
    "build": "node -p 'require(\"library\")' >new.txt",
    "publish-dist": "mkdir -p dist && mv new.txt dist/app.txt"
  }
}
END
  cd app || return 1
  npm install --package-lock-only
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Building and installing from a copy of the tree: where files go, that uninstall takes all of them away again, that two
# builds give the same bytes, that a blank in the path and another compiler do not matter.

load ../common

# copy FOLDER: what is needed to build, in a new folder.
copy() {
  need make cc
  mkdir -p "$1"
  tar -C "$ROOT" -cf - Makefile LICENSE shim scripts | tar -C "$1" -xf -
}

# build FOLDER [NAME=VALUE…]: makes the library there.
build() {
  env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u LDFLAGS make -s -C "$1" "${@:2}" all
}

# refuses LIBRARY: preloaded, it keeps mv from replacing a file.
refuses() {
  echo old >old && echo new >new
  run env LD_PRELOAD="$1" mv new old
  [[ $output == "mv: "*"'old': File exists" ]]
  [ "$status" -eq 1 ]
  [ "$(cat old)" = old ]
}

make_in() { # make_in FOLDER ARGUMENT…
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$@"
}

@test "make install puts one library where PREFIX says, which works from there by its bare name" {
  copy tree
  make_in tree install DESTDIR="$PWD/root" PREFIX=/usr
  [ "$(cd root && find . -name '*.so')" = ./usr/lib/libnoclobber.so ]
  [ "$(stat -c %a root/usr/lib/libnoclobber.so)" = 644 ]
  cmp tree/build/libnoclobber.so root/usr/lib/libnoclobber.so
  export LC_ALL=C LD_LIBRARY_PATH=$PWD/root/usr/lib
  refuses libnoclobber.so
}

# packaged COMPILER FLAG: builds the library with flags of packages, and one that fortifies.
packaged() {
  command -v "$1" >/dev/null || return 0
  make_in tree clean
  make_in tree CC="$1" CFLAGS="-g -O2 -flto -fstack-protector-strong $2 -Werror=format-security" \
    LDFLAGS="-Wl,-z,relro -Wl,-z,now -Wl,--as-needed" build/libnoclobber.so
  refuses "$PWD/tree/build/libnoclobber.so"
}

@test "the flags that distributions build packages with, link-time optimisation among them, do" {
  copy tree
  packaged gcc -D_FORTIFY_SOURCE=2
  packaged clang -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=2
}

@test "make install without PREFIX goes to /usr/local/lib, with LIBDIR there" {
  copy tree
  make_in tree install DESTDIR="$PWD/one"
  make_in tree install DESTDIR="$PWD/two" LIBDIR=/usr/lib/here
  [ "$(find one two -name '*.so' | sort)" = $'one/usr/local/lib/libnoclobber.so\ntwo/usr/lib/here/libnoclobber.so' ]
}

@test "make install puts manual pages and completions where PREFIX says, MANDIR the pages elsewhere" {
  copy tree
  make_in tree install DESTDIR="$PWD/root" PREFIX=/usr
  [ "$(cd root/usr/share && find . -type f | sort)" = "./bash-completion/completions/noclobber
./fish/vendor_completions.d/noclobber.fish
./man/man1/noclobber.1
./man/man7/libnoclobber.7
./zsh/site-functions/_noclobber" ]
  [ "$(find root/usr/share -type f -exec stat -c %a {} + | sort -u)" = 644 ]
  make_in tree install DESTDIR="$PWD/other" PREFIX=/usr MANDIR=/man
  [ -f other/man/man1/noclobber.1 ] && [ -f other/man/man7/libnoclobber.7 ] && [ ! -e other/usr/share/man ]
}

@test "make uninstall leaves no file of ours, and no other's touched" {
  copy tree
  mkdir -p root/usr/lib
  echo other >root/usr/lib/libother.so
  make_in tree install DESTDIR="$PWD/root" PREFIX=/usr
  make_in tree uninstall DESTDIR="$PWD/root" PREFIX=/usr
  [ "$(find root -type f)" = root/usr/lib/libother.so ]
  make_in tree uninstall DESTDIR="$PWD/root" PREFIX=/usr
}

@test "after make, make install leaves build/ as it is, so that one who is not root can remove it" {
  copy tree
  make_in tree
  find tree -printf '%p %T@\n' | sort >before
  make_in tree install DESTDIR="$PWD/root"
  find tree -printf '%p %T@\n' | sort | diff before -
}

@test "make install writes to nothing but DESTDIR and build/" {
  copy tree
  make_in tree install DESTDIR="$PWD/root"
  mv tree/build built
  diff -r "$ROOT/shim" tree/shim
  [ "$(ls tree)" = $'LICENSE\nMakefile\nscripts\nshim' ]
}

@test "make install twice, and over a library in use by a running program, works: install does not write in place" {
  copy tree
  make_in tree install DESTDIR="$PWD/root" PREFIX=/usr
  local library=$PWD/root/usr/lib/libnoclobber.so before
  before=$(stat -c %i "$library")
  mkfifo gate
  LD_PRELOAD=$library cat gate >seen 3>&- &
  exec 4>gate
  make_in tree install DESTDIR="$PWD/root" PREFIX=/usr
  [ "$(stat -c %i "$library")" != "$before" ] || skip "the inode was reused"
  echo alive >&4
  exec 4>&-
  wait $!
  [ "$(cat seen)" = alive ]
}

@test "two builds in two folders give the same bytes" {
  copy one
  copy 'another/and longer'
  local flags
  for flags in -O2 '-O0 -g'; do
    rm -rf one/build another/*/build
    build one CFLAGS="$flags"
    build 'another/and longer' -j2 CFLAGS="$flags"
    cmp one/build/libnoclobber.so 'another/and longer/build/libnoclobber.so'
    run grep -cF "$PWD" one/build/libnoclobber.so
    [ "$output" = 0 ]
  done
}

@test "a folder with blanks and quotes in its name is no obstacle to building and installing" {
  copy "a folder (with \"blanks\" & it's more)"
  build "a folder (with \"blanks\" & it's more)"
  make_in "a folder (with \"blanks\" & it's more)" install DESTDIR="$PWD/a root, it's"
  [ -f "a root, it's/usr/local/lib/libnoclobber.so" ]
  export LC_ALL=C
  cp "a root, it's/usr/local/lib/libnoclobber.so" . # ld.so splits LD_PRELOAD at blanks
  refuses "$PWD/libnoclobber.so"
}

@test "the user's CFLAGS come last, and a build without optimisation or debugging information works as well" {
  export LC_ALL=C
  copy tree
  build tree CFLAGS='-O0 -g0'
  refuses "$PWD/tree/build/libnoclobber.so"
  run readelf -S --wide tree/build/libnoclobber.so
  [[ $output == *.text* ]] && [[ $output != *.debug_info* ]]
}

# SPDX-License-Identifier: MIT
# For tests of packages, which are made from a copy of the tree: `load packages` after `load ../common`, NEEDS=(TOOL…), and
# make_package TARGET… in setup_file. Without these tools each case is skipped. $OUT is the folder of the packages; $VERSION and
# $TRIPLET are theirs.
# shellcheck shell=bash

# copy FOLDER: copies what a package is made from to a new folder.
copy() {
  mkdir -p "$1"
  (cd "$ROOT" && tar -cf - Makefile [A-Z]*.md LICENSE .ci .clang-format .clang-tidy .editorconfig .shellcheckrc shim scripts \
    tests/README.md) | tar -C "$1" -xf -
}

# package FOLDER TARGET…: makes these targets there.
package() {
  env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u LDFLAGS -u SOURCE_DATE_EPOCH make -s -C "$@"
}

# make_package TARGET…: makes these targets, once for all cases of a file.
make_package() {
  local tool
  for tool in "${NEEDS[@]}"; do
    command -v "$tool" >/dev/null || return 0
  done
  copy "$BATS_FILE_TMPDIR/one"
  package "$BATS_FILE_TMPDIR/one" "$@"
}

setup() {
  need "${NEEDS[@]}"
  cd "$BATS_TEST_TMPDIR" || return 1
  export LC_ALL=C
  OUT=$BATS_FILE_TMPDIR/one/build/package
  VERSION=$(sed -n 's/^VERSION := //p' "$ROOT/Makefile")
  TRIPLET=$(cc -dumpmachine)
  export OUT VERSION TRIPLET
}

teardown() {
  [ -z "${elsewhere:-}" ] || rm -rf "$elsewhere"
}

# refuses NOCLOBBER…: the command, started by these words, must keep a file from being replaced, and report it.
refuses() {
  echo new >new && echo old >old
  run "$@" --protect-all -- sh -c 'mv -f new old; exit 0'
  [ "$status" -eq 17 ]
  [ "$(cat old)" = old ]
}

# another_user COMMAND…: runs it as nobody, if possible.
another_user() {
  if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/nonexistent "$@"
  else
    "$@"
  fi
}

# same_elsewhere TARGET…: these targets must give the same bytes as those of make_package in another folder, with a blank in its name,
# for another user with another umask, time zone and language, from files with other dates.
same_elsewhere() {
  elsewhere=$(mktemp -d) # other users may not enter the folder of bats
  chmod 755 "$elsewhere"
  local tree="$elsewhere/another/and longer"
  copy "$tree"
  touch -d '2001-02-03' "$tree"/shim/core/*.c
  chmod -R go-w "$tree"
  [ "$(id -u)" != 0 ] || chown -R nobody "$elsewhere"
  (umask 077 && another_user env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u LDFLAGS TZ=Pacific/Auckland LC_ALL=C.UTF-8 \
    USER=somebody make -s -C "$tree" "$@")
  local file
  for file in "$OUT"/*; do
    echo "$file"
    cmp "$file" "$tree/build/package/${file##*/}"
  done
  [ "$(ls "$OUT")" = "$(ls "$tree/build/package")" ]
  [ "$(stat -c %u "$tree/build/package/SHA256SUMS")" = "$(stat -c %u "$tree")" ]
  run grep -rlF "$elsewhere" "$tree/build/package"
  [ -z "$output" ]
}

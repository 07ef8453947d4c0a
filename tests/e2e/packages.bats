#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make source and make dist: the tarballs hold what they should, the release works wherever it is unpacked, on musl too.

load ../common
load packages

# shellcheck disable=SC2034 # of packages.bash
NEEDS=(make cc tar)

setup_file() {
  make_package source dist
}

@test "packages are made below build/package, which holds nothing else, and the tree stays as it was" {
  local tree=$BATS_FILE_TMPDIR/one
  [ "$(ls "$tree/build")" = package ]
  diff <(cd "$ROOT" && ls -d [A-Z]*) <(cd "$tree" && ls -d [A-Z]*)
  [ "$(cd "$tree" && echo [a-z]*)" = "build scripts shim tests" ]
  diff -r "$ROOT/scripts" "$tree/scripts"
  diff -r "$ROOT/shim" "$tree/shim"
  [ -z "$(find "$OUT" -mindepth 1 ! -name '*.tar.gz' ! -name SHA256SUMS)" ]
}

@test "tarballs: another folder, day, user, mask and language make the same bytes, and no root is needed" {
  same_elsewhere source dist
}

@test "the version stands in the Makefile alone, and the command and its pages say it" {
  run grep -rlFw "$VERSION" "$ROOT/Makefile" "$ROOT"/{README.md,shim,scripts,tests}
  echo "$output"
  [ "$output" = "$ROOT/Makefile" ]
  tar -xzf "$OUT/noclobber-$VERSION"-*.tar.gz --one-top-level=release --strip-components=1
  [ "$(release/bin/noclobber --version)" = "noclobber $VERSION" ]
  need mandoc
  mandoc -T ascii release/share/man/man1/noclobber.1 | tail -n 1 | grep -qF "libnoclobber $VERSION"
  mandoc -T ascii release/share/man/man7/libnoclobber.7 | tail -n 1 | grep -qF "libnoclobber $VERSION"
}

# That it builds, each package shows: all are made from it.
@test "the source tarball is whole: what it holds makes the same tarball again" {
  tar -xzf "$OUT/libnoclobber-$VERSION.tar.gz"
  [ "$(ls)" = "libnoclobber-$VERSION" ]
  local tree=libnoclobber-$VERSION
  [ "$(cd "$tree" && echo [LM]* [a-z]*)" = "LICENSE Makefile scripts shim tests" ]
  [ -e "$tree/README.md" ]
  # And so is what lint reads, which works there.
  [ "$(cd "$tree" && echo .[a-z]*)" = ".ci .clang-format .clang-tidy .editorconfig .shellcheckrc" ]
  package "$tree" source
  cmp "$OUT/libnoclobber-$VERSION.tar.gz" "$tree/build/package/libnoclobber-$VERSION.tar.gz"
}

@test "SHA256SUMS names both tarballs, rightly" {
  cd "$OUT"
  sha256sum -c --quiet SHA256SUMS
  [ "$(sed 's/.*  //' SHA256SUMS)" = "$(printf '%s\n' *.tar.gz)" ]
  [ "$(wc -l <SHA256SUMS)" -eq 2 ]
}

@test "the release: a static command, the library, pages, completions, LICENSE and a hint, nothing of an owner" {
  local name=noclobber-$VERSION-${TRIPLET%%-*}-linux
  [ "$(tar -tzf "$OUT/$name.tar.gz" | grep -v '/$')" = "$(sed "s|^|$name/|" <<'FILES'
INSTALL
LICENSE
bin/noclobber
lib/libnoclobber.so
share/bash-completion/completions/noclobber
share/fish/vendor_completions.d/noclobber.fish
share/man/man1/noclobber.1
share/man/man7/libnoclobber.7
share/zsh/site-functions/_noclobber
FILES
)" ]
  [ "$(tar --numeric-owner -tvzf "$OUT/$name.tar.gz" | awk '{ print $2 }' | sort -u)" = 0/0 ]
  tar -xzf "$OUT/$name.tar.gz"
  run readelf -lW "$name/bin/noclobber"
  [[ $output != *INTERP* ]]
  run readelf -SW "$name/bin/noclobber" "$name/lib/libnoclobber.so"
  [[ $output != *.debug_info* && $output != *.symtab* ]]
}

@test "the release: unpacked anywhere it works, and so does each way that its hint names" {
  tar -xzf "$OUT/noclobber-$VERSION"-*.tar.gz
  mv noclobber-* unpacked
  cd unpacked
  refuses bin/noclobber
  rm old new
  grep -q '^Here, for a try: *bin/noclobber --protect-all -- mv new old$' INSTALL
  export HOME=$BATS_TEST_TMPDIR/home
  mkdir -p "$HOME/.local"
  eval "$(sed -n 's/^For yourself: *//p' INSTALL)"
  refuses "$HOME/.local/bin/noclobber"
  sed -n 's/^Remove again: *//p' INSTALL | grep -q 'find bin lib share -type f'
  (cd "$HOME/.local" && xargs rm) < <(find bin lib share -type f)
  [ -z "$(find "$HOME" -type f)" ]
}

@test "the release: the hint for all users, in a /usr/local of its own; then the bare name works" {
  need_root
  need unshare mount ldconfig
  tar -xzf "$OUT/noclobber-$VERSION"-*.tar.gz
  cd noclobber-*
  local hint
  hint=$(sed -n 's/^For all users: *//p' INSTALL)
  [ -n "$hint" ]
  cp /etc/ld.so.cache ../cache
  run unshare --mount bash -eu -c "
    mount -t tmpfs tmpfs /usr/local
    mount --bind ../cache /etc/ld.so.cache
    ldconfig() { command ldconfig -C ../cache; } # the real one renames a new cache over the old, which is mounted here
    cd '$PWD'
    $hint
    cat ../cache >/etc/ld.so.cache
    echo new >new; echo old >old
    status=0; /usr/local/bin/noclobber --protect-all -- mv -f new old || status=\$?
    echo \"status \$status\"
    LD_PRELOAD=libnoclobber.so mv -f new old || cat old"
  echo "$output"
  [[ $output == *'status 1'*'File exists'*$'\nold' ]]
}

@test "the release: command and library as they are, where there is no libc but musl" {
  need_root
  need musl-gcc chroot
  mkdir -p root/lib root/work root/proc root/dev root/tmp
  tar -C root --strip-components=1 -xzf "$OUT/noclobber-$VERSION"-*.tar.gz
  local loader
  loader=$(echo /lib/ld-musl-*.so.1)
  cp -L "$loader" root/lib
  musl-gcc -D_GNU_SOURCE -idirafter /usr/include -idirafter "/usr/include/$TRIPLET" -o root/bin/move -x c - <<'C'
#include <stdio.h>
int main(int count, char **names)
{
    if (count == 3 && rename(names[1], names[2]) != 0)
        perror("move");
    return 0;
}
C
  touch root/dev/null
  echo new >root/work/new && echo old >root/work/old
  in_root /bin/noclobber --protect /work/ -- /bin/move /work/new /work/old
  [[ $output == *'move: File exists'* ]]
  [ "$status" -eq 17 ]
  [ "$(cat root/work/old)" = old ]
  in_root /bin/noclobber --protect /work/ -- /bin/move /work/new /work/third
  [ "$status" -eq 0 ]
  [ "$(cat root/work/third)" = new ]
}

# in_root COMMAND…: runs it with root/ as its root.
in_root() {
  # shellcheck disable=SC2016 # for the shell inside
  run unshare --mount bash -eu -c 'mount --bind /dev/null root/dev/null; mount -t proc proc root/proc
    exec chroot root "$@"' in_root "$@"
  echo "$output"
}

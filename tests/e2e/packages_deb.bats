#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make deb: lintian is content, both packages install, work and go away again without a trace.

load ../common
load ../system
load packages

# shellcheck disable=SC2034 # of packages.bash
NEEDS=(dpkg-buildpackage dh)

setup_file() {
  make_package deb
}

@test "deb: another folder, day, user, mask and language make the same bytes, and no root is needed" {
  same_elsewhere deb
}

@test "deb: lintian has nothing to say but what is told to be overlooked, each with a reason" {
  need lintian
  run lintian --allow-root --show-overrides --display-info --display-experimental --pedantic "$OUT"/*.deb
  echo "$output"
  run grep -v '^N:' <<<"$output"
  [ "$(cut -d ' ' -f 1 <<<"$output" | sort -u)" = O: ]
  dpkg-deb -x "$OUT"/libnoclobber_*.deb root
  local overrides=root/usr/share/lintian/overrides/libnoclobber
  [ "$(grep -vc '^#' "$overrides")" -eq "${#lines[@]}" ] # none that nothing needs
  [ "$(grep -c '^#' "$overrides")" -eq "${#lines[@]}" ]
}

@test "deb: the library in its architecture's folder, with its page; the command with its own, and completions" {
  contents() { dpkg-deb --fsys-tarfile "$OUT/$1"_*.deb | tar -t | grep -v '/$' | sort; }
  [ "$(contents libnoclobber)" = "./usr/lib/$TRIPLET/libnoclobber.so
./usr/share/doc/libnoclobber/changelog.gz
./usr/share/doc/libnoclobber/copyright
./usr/share/lintian/overrides/libnoclobber
./usr/share/man/man7/libnoclobber.7.gz" ]
  [ "$(contents noclobber)" = "./usr/bin/noclobber
./usr/share/bash-completion/completions/noclobber
./usr/share/doc/noclobber/changelog.gz
./usr/share/doc/noclobber/copyright
./usr/share/fish/vendor_completions.d/noclobber.fish
./usr/share/man/man1/noclobber.1.gz
./usr/share/zsh/vendor-completions/_noclobber" ]
  [ "$(dpkg-deb -f "$OUT"/libnoclobber_*.deb Multi-Arch)" = same ]
  [ -z "$(dpkg-deb -f "$OUT"/libnoclobber_*.deb Depends)" ]
  [[ $(dpkg-deb -f "$OUT"/noclobber_*.deb Depends) == "libnoclobber (= $VERSION), libc6"* ]]
  [ "$(dpkg-deb -f "$OUT"/noclobber_*.deb Version)" = "$VERSION" ]
}

@test "deb: outside its architecture's folder the library's package has nothing that depends on the architecture" {
  dpkg-deb -x "$OUT"/libnoclobber_*.deb root
  local file
  while read -r file; do
    case $file in
    *.gz) zcat "$file" | file -b - | grep -q text ;;
    *) file -b "$file" | grep -q text ;;
    esac
  done < <(find root/usr/share -type f)
  zcat root/usr/share/man/man7/libnoclobber.7.gz | diff - "$ROOT/shim/preload/libnoclobber.7" |
    grep '^[<>]' | sort -u >changed
  [ "$(cat changed)" = "< .Os libnoclobber $VERSION
> .Os libnoclobber" ]
  run grep -r "${TRIPLET%%-*}" root/usr/share
  [ -z "$output" ]
}

# admin: an empty system in root/, of which dpkg knows that it has a libc.
admin() {
  mkdir -p root/var/lib/dpkg/{info,updates,triggers}
  printf '%s\n' 'Package: libc6' 'Status: install ok installed' 'Maintainer: nobody' \
    "Architecture: $(dpkg --print-architecture)" 'Multi-Arch: same' 'Version: 2.99' 'Description: stands in' \
    >root/var/lib/dpkg/status
  [ "$(id -u)" = 0 ] || skip "dpkg installs as root alone"
}

# program COMPILER NAME: a program that renames its first argument to its second.
program() {
  "$1" -o "$2" -x c - <<'C'
#include <stdio.h>
int main(int count, char **names)
{
    return count == 3 && rename(names[1], names[2]) != 0;
}
C
}

@test "deb: the library for i386 goes beside it, and by its one name each program gets the one of its architecture" {
  [ "$(dpkg --print-architecture)" = amd64 ] || skip "not an amd64 system"
  need i686-linux-gnu-gcc
  copy foreign
  DEB_HOST_ARCH=i386 DEB_CFLAGS_APPEND=-O0 package foreign deb >/dev/null
  cp "$OUT"/libnoclobber_*_amd64.deb foreign/build/package/libnoclobber_*_i386.deb .
  program gcc move64
  program i686-linux-gnu-gcc move32
  # shellcheck disable=SC2016 # for the shell inside
  in_system 'rm -f /var/lib/man-db/auto-update
    echo /usr/lib/i386-linux-gnu >/etc/ld.so.conf.d/i386-linux-gnu.conf # as libc6:i386 does
    dpkg --add-architecture i386; dpkg -i ./*.deb >said 2>&1 || cat said
    find /usr/lib/*-linux-gnu -name "libnoclobber*"; dpkg -s libnoclobber:i386 libnoclobber:amd64 | grep -c "install ok"
    export LD_PRELOAD=libnoclobber.so; echo old >old; echo new >new
    for program in ./move64 ./move32; do
      [ -e /lib/ld-linux.so.2 ] || [ $program = ./move64 ] || continue
      $program new old || cat old
      $program new third; mv third new
    done'
  [[ $output == "/usr/lib/i386-linux-gnu/libnoclobber.so
/usr/lib/x86_64-linux-gnu/libnoclobber.so
2
old"* ]]
  [ -e /lib/ld-linux.so.2 ] || skip "no loader for i386 programs on this machine"
  has_int80 || skip "this kernel runs no i386 programs"
  [[ $output == *$'\nold\nold' ]]
}

@test "deb: for arm64, with a cross compiler alone: no package of that libc is asked for but by its version" {
  [ "$(dpkg --print-architecture)" != arm64 ] || skip "an arm64 system"
  need aarch64-linux-gnu-gcc
  copy foreign
  DEB_HOST_ARCH=arm64 package foreign deb >/dev/null
  [[ $(dpkg-deb -f foreign/build/package/noclobber_*_arm64.deb Depends) =~ ^"libnoclobber (= $VERSION), libc6 (>= 2."[0-9]+\)$ ]]
  [ "$(dpkg-deb -f foreign/build/package/libnoclobber_*_arm64.deb Depends)" = "" ]
  dpkg-deb -x foreign/build/package/noclobber_*_arm64.deb root
  readelf -h root/usr/bin/noclobber | grep -q AArch64
}

@test "deb: all that is missing on a machine is said at once" {
  local tool
  copy tree
  mkdir bin
  for tool in sh make cat sed date dirname mkdir tar gzip sort mv rm sha256sum tr uname cc printf find pwd; do
    [ -z "$(type -P "$tool")" ] || ln -s "$(type -P "$tool")" bin/
  done
  run env -u MAKEFLAGS -u MAKELEVEL PATH="$PWD/bin" make -s -C tree deb
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *"package: not installed: dpkg-buildpackage dh file gcc; install dpkg-dev debhelper file gcc"* ]]
}

@test "deb: on this system, copied: with dpkg the bare name comes, lives through an upgrade, and goes" {
  cp "$OUT"/*.deb .
  local package
  mkdir next
  for package in libnoclobber noclobber; do
    dpkg-deb -R "$package"_*.deb next/files
    sed -i "s/$VERSION/9.9/" next/files/DEBIAN/control
    dpkg-deb --root-owner-group -b next/files "next/$package.deb" >/dev/null
    rm -r next/files
  done
  # shellcheck disable=SC2016 # for the shell inside
  in_system 'rm -f /var/lib/man-db/auto-update
    try() { echo old >old; echo new >new; LD_PRELOAD=libnoclobber.so mv -f new old || true; cat old; }
    things() { find /usr /etc /var -name "*noclobber*" | sort; }
    things >before
    dpkg -i ./*.deb >/dev/null; try
    LD_PRELOAD=libnoclobber.so NOCLOBBER_PROTECT=/mnt/ dpkg -i next/*.deb >/dev/null; try
    noclobber -q --protect-all -- mv -f new old || echo "status $?"
    dpkg --purge noclobber libnoclobber >/dev/null; try; things | comm -13 before -'
  # Of what mv says, the end: the rest is its version's.
  [ "$(sed "/^Not building database/d; s/^mv: .*'old': File exists$/File exists/" <<<"$output")" = "File exists
old
File exists
old
File exists
status 1
ERROR: ld.so: object 'libnoclobber.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.
new" ]
}

@test "deb: both install into an empty system, work there, and purge without a trace" {
  admin
  find root -type f ! -path '*/dpkg/*' >before
  dpkg --root=root -i "$OUT"/*.deb >said 2>&1 || { cat said; false; }
  dpkg --root=root --verify libnoclobber noclobber
  refuses root/usr/bin/noclobber
  run env LD_LIBRARY_PATH="$PWD/root/usr/lib/$TRIPLET" LD_PRELOAD=libnoclobber.so mv -f new old
  [ "$status" -eq 1 ]
  dpkg --root=root --purge noclobber libnoclobber >said 2>&1 || { cat said; false; }
  diff before <(find root -type f ! -path '*/dpkg/*' ! -path '*/log/*')
  [ -z "$(find root/usr -name '*noclobber*' 2>/dev/null)" ]
}

@test "deb: the command will not stay without the library of its version" {
  admin
  run dpkg --root=root -i "$OUT"/noclobber_*.deb
  [ "$status" -ne 0 ]
  [[ $output == *"noclobber depends on libnoclobber (= $VERSION)"* ]]
}

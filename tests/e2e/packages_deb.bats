#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make deb: lintian is content, both packages install, work and go away again without a trace.

load ../common
load packages

setup_file() {
  need dpkg-buildpackage dh
  make_package deb
}

@test "deb: another folder, day, user, mask and language make the same bytes, and no root is needed" {
  need dpkg-buildpackage dh
  same_elsewhere deb
}

@test "deb: lintian has nothing to say but what is told to be overlooked, each with a reason" {
  need lintian
  run lintian --allow-root --show-overrides "$OUT"/*.deb
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

@test "deb: a library of another architecture goes beside it, and dpkg sees no conflict" {
  admin
  dpkg-deb -R "$OUT"/libnoclobber_*.deb other
  mv other/usr/lib/* other/usr/lib/other-linux-gnu
  sed -i 's/^Architecture: .*/Architecture: m68k/' other/DEBIAN/control
  sed -i "s|usr/lib/$TRIPLET|usr/lib/other-linux-gnu|" other/DEBIAN/md5sums
  dpkg-deb --root-owner-group -b other other.deb >/dev/null
  dpkg --root=root --add-architecture m68k
  dpkg --root=root -i "$OUT"/libnoclobber_*.deb other.deb >said 2>&1 || { cat said; false; }
  [ "$(find root/usr/lib -name '*.so' | wc -l)" -eq 2 ]
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

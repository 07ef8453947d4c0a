#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make apk: the APKBUILD, as far as it can be held to its word without Alpine: abuild itself runs nowhere else.

load ../common
load packages

# shellcheck disable=SC2034 # of packages.bash
NEEDS=(make cc)

setup_file() {
  make_package apk
}

@test "apk: the APKBUILD is plain sh, and says all that abuild wants to know" {
  sh -n "$OUT/APKBUILD"
  need shellcheck
  shellcheck -s sh -e SC2034,SC2154 "$OUT/APKBUILD"
  # shellcheck disable=SC1090,SC1091,SC2154
  (
    . "$OUT/APKBUILD"
    for name in pkgname pkgver pkgrel pkgdesc url arch license source sha512sums subpackages; do
      [ -n "${!name}" ] || { echo "no $name"; exit 1; }
    done
    [ "$pkgver $license ${#pkgdesc}" = "$VERSION MIT ${#pkgdesc}" ] && [ ${#pkgdesc} -lt 128 ]
    for package in $subpackages; do
      [[ $package == *-doc ]] || declare -F "${package#*:}" >/dev/null || { echo "no function for $package"; exit 1; }
    done
    cd "$OUT" && sha512sum -c --quiet <<<"${sha512sums#$'\n'}"
  )
}

# shellcheck disable=SC2016 # patterns
# What apkbuild-lint minds, by the pattern of a line that it would; of its rules, those that a file such as ours could break.
MINDED='a line that ends in blanks|[[:blank:]]$
blanks where a tab should begin the line|^ 
backticks|`
the keyword function|^function 
a blank before a function'"'"'s parentheses|^[a-z_]+ \(
no blank behind a function'"'"'s parentheses|^[a-z_]+\(\)\{
a function'"'"'s brace on a line of its own|^\{
pkgname or pkgver in quotes|^pkg(name|ver)=.?["'"'"']
a letter in capitals in pkgname|^pkgname=.*[A-Z]
a release in pkgver|^pkgver=.*-r[0-9]
an empty variable|^[a-z_]+=(""|'"'"''"'"')?$
that a failure is returned, which abuild does by itself|[|]{2} return 1
cd "$builddir", where abuild is already|cd "?\$builddir
builddir as abuild has it by itself|^builddir="?\$srcdir/\$pkgname-\$pkgver
$pkgname in url|^url=.*\$pkgname
a licence that SPDX does not know|^license="(GPL|BSD|Expat)
an architecture that is no more|^arch=.*(mips|x86_32)'

# minded FILE: says what it minds in it, and fails where that is nothing.
minded() {
  local what pattern found=1
  while IFS='|' read -r what pattern; do
    if grep -nE -- "$pattern" "$1"; then
      echo "apkbuild-lint would mind $what"
      found=0
    fi
  done <<<"$MINDED"
  return $found
}

@test "apk: nothing in the APKBUILD that apkbuild-lint minds" {
  run minded "$OUT/APKBUILD"
  echo "$output"
  [ "$status" -eq 1 ]
  # Nor is that because it minds nothing: each rule finds a line of this.
  # shellcheck disable=SC2016 # they are text
  printf '%s\n' 'a ' ' b' '`c`' 'function d' 'e ()' 'f(){' '{' 'pkgname="g"' 'pkgname=H' 'pkgver=1-r0' 'options=""' \
    'i || return 1' 'cd "$builddir"' 'builddir="$srcdir/$pkgname-$pkgver"' 'url="j/$pkgname"' 'license="GPL"' 'arch="mips"' >wrong
  run minded wrong
  echo "$output"
  [ "$(grep -c '^apkbuild-lint would' <<<"$output")" -eq "$(wc -l <<<"$MINDED")" ]
}

@test "apk: another folder, day, user, mask and language make the same bytes, and no root is needed" {
  need make
  same_elsewhere apk
}

# abuild FUNCTION…: runs these functions of the APKBUILD, as abuild would: from the source, unpacked, with musl's compiler.
abuild() {
  (
    set -eu
    cd "$BATS_TEST_TMPDIR"
    # shellcheck disable=SC1090,SC1091
    . "$OUT/APKBUILD"
    # shellcheck disable=SC2154
    cd "src/$pkgname-$pkgver"
    export CC=musl-gcc pkgdir=$BATS_TEST_TMPDIR/pkg/$pkgname
    export CFLAGS="-O2 -idirafter /usr/include -idirafter /usr/include/$TRIPLET"
    # shellcheck disable=SC2317 # the APKBUILD calls it
    amove() {
      local path
      for path; do
        mkdir -p "$(dirname "$subpkgdir/$path")"
        mv "$pkgdir/$path" "$subpkgdir/$path"
      done
    }
    subpkgdir=$BATS_TEST_TMPDIR/pkg/${2:-}
    "$1"
  )
}

@test "apk: its functions, run on the source tarball with musl's compiler, leave each package its files" {
  need musl-gcc
  mkdir src
  tar -C src -xzf "$OUT/libnoclobber-$VERSION.tar.gz"
  abuild build >/dev/null
  abuild check
  abuild package >/dev/null
  local pair
  for pair in noclobber:command bash:bashcomp zsh:zshcomp fish:fishcomp; do
    abuild "${pair#*:}" "${pair%:*}"
  done
  [ "$(cd pkg && find . -type f | sort)" = './bash/usr/share/bash-completion/completions/noclobber
./fish/usr/share/fish/vendor_completions.d/noclobber.fish
./libnoclobber/usr/lib/libnoclobber.so
./libnoclobber/usr/share/licenses/libnoclobber/LICENSE
./libnoclobber/usr/share/man/man1/noclobber.1
./libnoclobber/usr/share/man/man7/libnoclobber.7
./noclobber/usr/bin/noclobber
./zsh/usr/share/zsh/site-functions/_noclobber' ]
  readelf -lW pkg/noclobber/usr/bin/noclobber | grep -q ld-musl
  refuses env NOCLOBBER_LIBRARY="$PWD/pkg/libnoclobber/usr/lib/libnoclobber.so" pkg/noclobber/usr/bin/noclobber
}

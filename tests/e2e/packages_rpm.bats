#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make rpm: the right files and requirements, rpmlint is content, both packages install, work and go again.

load ../common
load packages

# shellcheck disable=SC2034 # of packages.bash
NEEDS=(rpmbuild)

setup_file() {
  make_package rpm
}

@test "rpm: another folder, day, user, mask and language make the same bytes, and no root is needed" {
  same_elsewhere rpm
}

@test "rpm: the right files in the right package, with the right requirements" {
  rpm -qpl "$OUT"/libnoclobber-*.rpm | grep -v /doc/ | grep -v /licenses/ >library
  [[ $(cat library) =~ ^/usr/lib(64)?/libnoclobber.so$'\n'/usr/share/man/man7/libnoclobber.7(.gz)?$ ]]
  rpm -qpl "$OUT"/noclobber-*.rpm | grep -v /licenses/ | sed 's/\.gz$//' >files
  diff files - <<'END_OF_LIST'
/usr/bin/noclobber
/usr/share/bash-completion/completions/noclobber
/usr/share/fish/vendor_completions.d/noclobber.fish
/usr/share/man/man1/noclobber.1
/usr/share/zsh/site-functions/_noclobber
END_OF_LIST
  rpm -qpl "$OUT"/libnoclobber-*.rpm | grep -q '/licenses/.*/LICENSE$'
  rpm -qp --requires "$OUT"/noclobber-*.rpm | grep -q "^libnoclobber.* = $VERSION-1"
  run rpm -qp --requires "$OUT"/libnoclobber-*.rpm
  [[ $output != *libc.so* ]]
  [ "$(rpm -qp --qf '%{VERSION} %{LICENSE} %{BUILDHOST}\n' "$OUT"/*.rpm | sort -u)" = "$VERSION MIT localhost" ]
}

@test "rpm: rpmlint has nothing to say beyond what rpmlint.toml gives a reason for" {
  need rpmlint
  run rpmlint -c "$ROOT/scripts/package/rpmlint.toml" "$OUT"/*.rpm
  echo "$output"
  [[ $output == *'2 packages'*'0 errors, 0 warnings'* ]]
}

@test "rpm: both install into an empty system, work there, and go without a trace" {
  need_root
  mkdir root
  rpm --root="$PWD/root" --nodeps --ignorearch -i "$OUT"/*.rpm
  rpm --root="$PWD/root" --nodeps -V libnoclobber noclobber
  refuses env NOCLOBBER_LIBRARY="$(echo "$PWD"/root/usr/lib*/libnoclobber.so)" root/usr/bin/noclobber
  rpm --root="$PWD/root" -e noclobber libnoclobber
  [ -z "$(find root -name '*noclobber*')" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A short run on another kernel (tests/machines/check -s): SMB, where the kernel's exclusive rename is not exclusive, and a
# case-insensitive filesystem. `make check-machines` runs the rest.

load ../common

@test "a machine with Debian's stable kernel: two mounts of one SMB share, and exfat" {
  [ "${ALL-}" = 1 ] || skip "downloads a kernel: scripts/test all, or by its name"
  run timeout 900 "$ROOT/tests/machines/check" -s
  echo "$output"
  [ "$status" -ne 77 ] || skip "${lines[-1]}"
  [ "$status" -eq 0 ]
  grep -q ', smb, files right: 20 rounds of 2: 0 wrong$' <<<"$output"
}

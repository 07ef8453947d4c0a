#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What another kernel shows within minutes (tests/machines/check -s): SMB, on which the kernel's own exclusive rename is not
# exclusive, and a filesystem that folds case. `make check-machines` shows the rest.

load ../common

@test "a machine with Debian's stable kernel: two mounts of one SMB share, and exfat" {
  [ "${ALL-}" = 1 ] || skip "downloads a kernel: scripts/test all, or by its name"
  run timeout 900 "$ROOT/tests/machines/check" -s
  echo "$output"
  [ "$status" -ne 77 ] || skip "${lines[-1]}"
  [ "$status" -eq 0 ]
  grep -q ', smb right: 20 rounds of 2, files: 0 wrong$' <<<"$output"
}

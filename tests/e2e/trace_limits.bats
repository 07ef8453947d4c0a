#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --trace under resource limits: the command has those that it was given, and the tracer decides as without them.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "$("$NOCLOBBER" --trace -P -q --no-verify true 2>&1)"
}

traced() { # traced [OPTION…] [--] COMMAND…
  "$NOCLOBBER" --trace --no-verify "$@"
}

# A user of whom no process runs, for limits that count those of a user.
user=(setpriv --reuid=64242 --regid=64242 --clear-groups)

need_user() {
  need setpriv
  [ "$(id -u)" = 0 ] || skip "only root can become a user that has no processes"
  chmod 711 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" 2>/dev/null || true
  mkdir -m 777 work
  cp "$NOCLOBBER" "$PROGRAMS/full" .
  chmod 755 . noclobber full
  NOCLOBBER=$PWD/noclobber
  cd work || return 1
  "${user[@]}" test -w . || skip "another user cannot reach $PWD"
}

@test "the command sees exactly its limits, of each resource; the tracer's soft ones are lifted" {
  while read -r letter value name; do
    (
      ulimit -S "-$letter" "$value" || exit 0 # below a hard limit that is lower yet
      [ "$(traced -q -p /nowhere/ bash -c "ulimit -S -$letter")" = "$value" ]
      [ "$(traced -q -p /nowhere/ bash -c "ulimit -H -$letter")" = "$(ulimit -H "-$letter")" ]
      [ -n "$name" ] || exit 0
      traced -q -p /nowhere/ sh -c 'cat "/proc/$(sed -n "s/^TracerPid:[^0-9]*//p" /proc/self/status)/limits"' >limits
      echo "$name"
      # Its columns: the name, which has blanks, the soft limit, the hard one.
      sed -nE "s/^$name +([^ ]+) +([^ ]+).*/\1 \2/p" limits | { read -r soft hard && [ "$soft" = "$hard" ]; }
    )
  done <<'END'
t 100 Max cpu time
v 1000000 Max address space
d 1000000 Max data size
s 4096 Max stack size
n 100 Max open files
f 10000 Max file size
u 5000 Max processes
c 5
i 500
l 64
q 100000
END
}

@test "a hard limit on processor time is lifted for the tracer, or it does not start and says why in a line" {
  ulimit -t 1000
  run traced -q -p /nowhere/ sh -c 'touch ran; grep "^Max cpu time *unlimited" "/proc/$(sed -n "s/^TracerPid:[^0-9]*//p" /proc/self/status)/limits"'
  [ "$status" = 0 ] || {
    [ "$status" = 125 ] && [ "${#lines[@]}" = 1 ] && [ ! -e ran ]
    [[ $output == *"hard limit on processor time (1000 s"*"ulimit -St"* ]]
  }
}

@test "a user who may not lift a hard limit on processor time: it does not start" {
  need_user
  ulimit -t 1000
  run "${user[@]}" "$NOCLOBBER" --trace -p /nowhere/ touch ran
  [ "$status" = 125 ] && [ "${#lines[@]}" = 1 ] && [ ! -e ran ]
  [[ $output == *"hard limit on processor time (1000 s"* ]]
}

@test "a user without a process to spare replaces what is not protected, in all of them at once" {
  need_user
  # bats and its file descriptors are this user's as well then.
  ulimit -u 40
  run "${user[@]}" "$NOCLOBBER" --trace -q --no-verify -p /nowhere/ "$BATS_TEST_TMPDIR/full"
  [ "$status" != 77 ] || skip "the limit does not hold here"
  echo "$output"
  read -r processes renamed refused <<<"$output"
  [ "$processes" -lt 40 ] && [ "$processes" -gt 20 ]
  [ "$renamed" = "$processes" ] && [ "$refused" = 0 ]
}

@test "a user without a process to spare is refused what is protected, each time on the record" {
  need_user
  ulimit -u 40
  run "${user[@]}" "$NOCLOBBER" --trace -q --no-verify --refused-status 0 --log "$PWD/log.jsonl" -P "$BATS_TEST_TMPDIR/full"
  [ "$status" != 77 ] || skip "the limit does not hold here"
  read -r processes renamed refused <<<"$output"
  [ "$processes" -gt 20 ] && [ "$renamed" = 0 ] && [ "$refused" = "$processes" ]
  [ "$(grep -c '"refused"' log.jsonl)" = "$processes" ]
}

# Either version of cgroups(7); prints a fresh folder of the controller.
pids_cgroup() {
  local parent
  for parent in /sys/fs/cgroup/pids /sys/fs/cgroup; do
    folder=$parent/noclobber-$$-$BATS_TEST_NUMBER
    mkdir "$folder" 2>/dev/null || continue
    [ ! -w "$folder/pids.max" ] || return 0
    rmdir "$folder"
  done
  return 1
}

@test "a cgroup without a process to spare: the same" {
  [ "$(id -u)" = 0 ] && pids_cgroup || skip "no cgroup with a limit on processes can be made here"
  echo 40 >"$folder/pids.max"
  run sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$folder" "$NOCLOBBER" --trace -q --no-verify -p /nowhere/ "$PROGRAMS/full"
  for _ in {1..100}; do
    ! rmdir "$folder" 2>/dev/null || break
  done
  echo "$output"
  [ "$status" = 0 ]
  read -r processes renamed refused <<<"$output"
  [ "$processes" -lt 40 ] && [ "$renamed" = "$processes" ] && [ "$refused" = 0 ]
}

@test "under hard limits that are as low as a command can do with, it decides as without them" {
  mkdir dist
  for limit in "-n 16" "-v 20000" "-d 4000" "-s 128" "-f 100" "-i 0" "-l 0" "-q 0"; do
    echo old | tee dist/a free >/dev/null
    cp free new
    echo new >new
    # shellcheck disable=SC2086 # an option and its value
    (ulimit $limit && exec "$NOCLOBBER" --trace --no-verify -p dist/ /bin/mv new free)
    [ "$(cat free)" = new ]
    echo newer >new
    # shellcheck disable=SC2086
    run bash -c 'ulimit $0 && exec "$@"' "$limit" "$NOCLOBBER" --trace --no-verify --refused-status 0 -p dist/ /bin/mv -f new dist/a
    echo "$limit: $output"
    [ "$(cat dist/a)" = old ]
    [[ $output == *"refused 1 rename"* ]]
  done
}

@test "fewer descriptors than the tracer needs: it does not start, and says how many" {
  run bash -c 'ulimit -n 12 && exec "$@"' - "$NOCLOBBER" --trace --no-verify -p /nowhere/ touch ran
  [ "$status" = 125 ] && [ ! -e ran ]
  [[ $output == *"hard limit on descriptors (12"*"needs 16"* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The library in somebody else's process, where that process is hard to live in. The programs judge themselves: each of
# them is tests/programs/NAME.c, and says there what it expects.

load ../common

# need_jemalloc: sets $JEMALLOC, or skips the case.
need_jemalloc() {
  JEMALLOC=$(find /usr/lib /lib -name libjemalloc.so.2 2>/dev/null | head -n 1)
  [ -n "$JEMALLOC" ] || skip "no jemalloc on this machine"
}

# library NAME: builds tests/fault/libraries/NAME.c into this case's folder.
library() {
  need cc
  cc -shared -fPIC -D_GNU_SOURCE -o "lib$1.so" "$BATS_TEST_DIRNAME/libraries/$1.c"
}

pair() { # two files to rename one onto the other
  echo new >new
  echo old >old
}

# ---- signals, threads, children ----

@test "a handler that interrupts malloc may rename" {
  shim timeout 300 "$PROGRAMS/signal_malloc"
}

@test "a handler that interrupts jemalloc may rename, on either side of the shim" {
  need_jemalloc
  shim LD_PRELOAD="$SHIM:$JEMALLOC" timeout 300 "$PROGRAMS/signal_malloc"
  shim LD_PRELOAD="$JEMALLOC:$SHIM" timeout 300 "$PROGRAMS/signal_malloc"
}

@test "64 threads get 64 right answers, and the log a whole line for each" {
  shim NOCLOBBER_ALLOW=free/ "$PROGRAMS/threads"
  # Ten rounds: a refusal for each thread, and one for each that lost its race.
  [ "$(refusals)" -eq $((10 * 64 + 10 * 63)) ]
  [ "$(events 'e["verdict"]' | grep -c allowed)" -eq 640 ]
  [ "$(events 'e["destination"]' | sort | uniq | grep -c guarded)" -eq 640 ]
}

@test "a vfork child may be refused, allowed or neither, and leaves its parent as it was" {
  shim NOCLOBBER_ALLOW=free/ "$PROGRAMS/vfork_child"
  [ "$(events 'e["verdict"]' | grep -c allowed)" -eq 4 ]
  [ "$(events 'e["pid"] if e["verdict"] == "allowed" else "-"' | grep -v - | sort -u | wc -l)" -eq 4 ]
}

@test "a handler that interrupts a rename in the middle may rename itself" {
  library interrupt
  shim LD_PRELOAD="$SHIM:$PWD/libinterrupt.so" "$PROGRAMS/nested"
  [ "$(events 'e["destination"].split("/")[-1]' | head -n 2 | sort | tr '\n' ' ')" = "inner.old old " ]
}

@test "8 KiB of alternate signal stack are enough for policy, comparison and event" {
  run shim NOCLOBBER_PROTECT='*/x/**:*' NOCLOBBER_ALLOW='**/nothing*/' NOCLOBBER_ALLOW_IF=same,symlink,empty \
    "$PROGRAMS/small_stack"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(events 'e["rule"]' | tr '\n' ' ')" = "protect:* allow_if:same " ]
}

@test "a rename is no cancellation point: a cancelled thread gets its answers" {
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW_IF=same timeout 300 "$PROGRAMS/cancelled"
}

# ---- before the constructor ----

@test "a call before the shim's constructor obeys the policy, in either order" {
  local order
  library early
  for order in "$SHIM:$PWD/libearly.so" "$PWD/libearly.so:$SHIM"; do
    pair
    run shim LD_PRELOAD="$order" EARLY_SOURCE=new EARLY_DESTINATION=old NOCLOBBER_PROTECT='*/old' /bin/true
    [ "$output" = "early: EEXIST" ]
    [ "$(cat old)" = old ]
    run shim LD_PRELOAD="$order" EARLY_SOURCE=new EARLY_DESTINATION=old NOCLOBBER_PROTECT='*/other' /bin/true
    [ "$output" = "early: renamed" ]
    [ "$(cat old)" = new ]
  done
  [ "$(refusals)" -eq 2 ]
}

@test "a call before the shim's constructor leaves the rest of the process guarded" {
  library early
  pair
  echo early >early
  run shim LD_PRELOAD="$SHIM:$PWD/libearly.so" EARLY_SOURCE=early EARLY_DESTINATION=vacant \
    "$PROGRAMS/call" EEXIST rename new old
  [ "$status" -eq 0 ]
  [ "$output" = "early: renamed" ]
}

# ---- what is missing ----

# cage: a root without /proc in ./root, with the shim and the program `call`.
cage() {
  local file
  need_root
  need chroot ldd
  mkdir -p root/work
  for file in "$SHIM" "$PROGRAMS/call" $(ldd "$PROGRAMS/call" | grep -o '/[^ ]*'); do
    mkdir -p "root$(dirname "$file")"
    cp "$file" "root$file"
  done
}

# caged POLICY ARGUMENT…: `call ARGUMENT…` in there, under a policy, one NAME=VALUE.
caged() {
  local policy=$1
  shift
  env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=/log.jsonl "$policy" chroot root "$PROGRAMS/call" "$@"
}

@test "without /proc nothing else is needed where no pattern asks for a path" {
  cage
  echo new >root/new
  echo old >root/work/old
  ln -s work root/link
  caged NOCLOBBER_MODE=enforce EEXIST rename new link/old 0 rename new vacant 0 rename vacant new 0 rename new new
  [ "$(cat root/work/old)" = old ]
  mv root/log.jsonl "$LOG"
  # A path as the program wrote it is better than none.
  [ "$(events '(e["rule"], e["source"], e["destination"], e["program"])')" = "('default', '/new', 'link/old', '')" ]
}

@test "without /proc what a pattern would decide is refused as undecided, where the path cannot be had" {
  cage
  echo new >root/new
  echo old >root/work/old
  ln -s work root/link
  caged NOCLOBBER_PROTECT=/nowhere/ EEXIST rename new link/old 0 rename new link/new 0 rename link/new new \
    0 rename new new EEXIST syscall:rename /link/../new link/old
  caged NOCLOBBER_ALLOW='**' EEXIST rename new link/old
  mv root/log.jsonl "$LOG"
  [ "$(events 'e["rule"]' | sort -u)" = undecided ]
  [ "$(cat root/work/old)" = old ]
}

@test "without a free descriptor renames work, and what cannot be decided is refused" {
  shim "$PROGRAMS/descriptors" 17
  rm -r ./*
  shim NOCLOBBER_ALLOW='free/' "$PROGRAMS/descriptors" 0
}

@test "without memory renames work, a collision is refused (ENOMEM), and audit lets it through" {
  shim "$PROGRAMS/memory" 12
  shim NOCLOBBER_MODE=audit "$PROGRAMS/memory" 0
  shim NOCLOBBER_MODE=off "$PROGRAMS/memory" 0
}

@test "a policy survives the environment it came from" {
  shim NOCLOBBER_PROTECT='*.keep' NOCLOBBER_ALLOW='free.keep' "$PROGRAMS/environment"
  [ "$(refusals)" -eq 5 ]
  [ "$(events 'e["rule"]' | sort | uniq -c | tr -s ' \n' ' ')" = " 5 allow:free.keep 5 protect:*.keep " ]
}

# ---- errno, standard output, dlerror, system calls ----

@test "success leaves errno and dlerror alone on every way that a rename can go" {
  pair
  ln new hard
  printf equal | tee one >two
  mkdir full full/x empty directory
  ln -s a link.a
  ln -s b link.b
  shim "$PROGRAMS/call" 0 rename new vacant 0 renameat vacant new 0 renameat2 new vacant 0 noreplace vacant new \
    0 rename new hard 0 rename new new 0 exchange new old 0 syscall:rename new vacant 0 syscall:renameat vacant new \
    0 syscall:renameat2 new vacant 0 rename vacant new 0 rename full full
  shim NOCLOBBER_ALLOW_IF=same,symlink,empty "$PROGRAMS/call" 0 rename one two 0 rename link.a link.b \
    0 rename directory empty
  shim NOCLOBBER_ALLOW='old' "$PROGRAMS/call" 0 rename new old
  pair
  shim NOCLOBBER_MODE=audit "$PROGRAMS/call" 0 rename new old
  pair
  shim NOCLOBBER_PROTECT='/nowhere/' "$PROGRAMS/call" 0 rename new old
  pair
  shim NOCLOBBER_MODE=off "$PROGRAMS/call" 0 rename new old
}

@test "the program's standard output is its own" {
  pair
  shim NOCLOBBER_LOG=- NOCLOBBER_MODE=typo "$PROGRAMS/call" EEXIST rename new old >out 2>err
  [ ! -s out ]
  [ "$(wc -l <err)" -eq 2 ]
}

@test "a closed standard error is nobody's business" {
  pair
  shim NOCLOBBER_LOG=- NOCLOBBER_MODE=typo "$PROGRAMS/call" EEXIST rename new old 2>&-
}

@test "a rename without collision is one system call" {
  local name
  need strace
  for name in rename renameat renameat2 noreplace syscall:rename syscall:renameat syscall:renameat2; do
    echo new >new
    strace -qq -o trace -E LD_PRELOAD="$SHIM" -E NOCLOBBER_LOG="$LOG" -E NOCLOBBER_PROTECT='*' \
      "$PROGRAMS/call" 0 "$name" new "vacant.$name"
    # From the first rename on: that call, and the end of the program.
    [ "$(sed -n '/^rename/,$p' trace | grep -c .)" -le 3 ]
    [ "$(sed -n '/^rename/,$p' trace | cut -d '(' -f 1 | tr '\n' ' ' | sed 's/+++.*//')" = "renameat2 exit_group " ]
    grep -q '^renameat2(.*RENAME_NOREPLACE) = 0' trace
  done
}

@test "syscall(2) of anything else is forwarded, argument for argument" {
  shim "$PROGRAMS/forward"
  shim NOCLOBBER_MODE=off "$PROGRAMS/forward"
}

@test "syscall(2) is forwarded under jemalloc, on either side of the shim" {
  need_jemalloc
  shim LD_PRELOAD="$SHIM:$JEMALLOC" timeout 300 "$PROGRAMS/forward"
  shim LD_PRELOAD="$JEMALLOC:$SHIM" timeout 300 "$PROGRAMS/forward"
}

# ---- instrumented programs, other libcs ----

# sanitized KIND NAME: builds tests/programs/NAME.c with -fsanitize=KIND as ./NAME, or skips.
sanitized() {
  need gcc
  gcc -std=gnu11 -D_GNU_SOURCE -g -fsanitize="$1" -fno-sanitize-recover=all -o "$2" "$ROOT/tests/programs/$2.c" \
    -pthread || skip "this compiler has no -fsanitize=$1"
}

@test "a program under AddressSanitizer renames as any other, with libasan first or its order check off" {
  sanitized address threads
  shim NOCLOBBER_ALLOW=free/ ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 ./threads
  [ "$(refusals)" -eq 1270 ]
  rm -r ./*[0-9] free
  shim LD_PRELOAD="$(gcc -print-file-name=libasan.so):$SHIM" NOCLOBBER_ALLOW=free/ ASAN_OPTIONS=detect_leaks=0 ./threads
}

@test "a program under UndefinedBehaviorSanitizer renames as any other" {
  sanitized undefined threads
  shim NOCLOBBER_ALLOW=free/ ./threads
}

@test "valgrind finds no error of the shim" {
  need valgrind
  pair
  printf equal | tee one >two
  shim NOCLOBBER_PROTECT='*' NOCLOBBER_ALLOW='nothing:no/*/where' NOCLOBBER_ALLOW_IF=same \
    valgrind -q --error-exitcode=9 --trace-children=no \
    "$PROGRAMS/call" EEXIST rename new old EEXIST rename one two 0 syscall:rename new vacant 0 rename vacant vacant \
    EEXIST syscall:renameat2 vacant old EBUSY rename vacant . 2>err
  [ ! -s err ]
  [ "$(refusals)" -eq 3 ] # valgrind knows no thread to compare equal files in
}

@test "one library file serves musl's programs too, where there is no renameat2" {
  need musl-gcc
  musl-gcc -std=gnu11 -D_GNU_SOURCE -o call "$ROOT/tests/programs/call.c" || skip "musl-gcc builds nothing here"
  pair
  echo free >free
  shim NOCLOBBER_ALLOW=free ./call EEXIST rename new old EEXIST renameat new old EEXIST syscall:rename new old \
    EEXIST syscall:renameat2 new old EEXIST noreplace new old 0 rename new vacant 0 syscall:renameat2 vacant new \
    0 rename new new 0 rename new free
  [ "$(cat old)" = old ]
  [ "$(cat free)" = new ]
  [ "$(events '(e["verdict"], e["call"])' | tr '\n' ' ')" = "('refused', 'rename') ('allowed', 'rename') " ]
}

@test "musl: a policy is read, and survives the environment it came from" {
  need musl-gcc
  musl-gcc -std=gnu11 -D_GNU_SOURCE -o environment "$ROOT/tests/programs/environment.c" ||
    skip "musl-gcc builds nothing here"
  shim NOCLOBBER_PROTECT='*.keep' NOCLOBBER_ALLOW='free.keep' ./environment
  [ "$(refusals)" -eq 5 ]
}

@test "a static program is not protected, as no preload can reach it" {
  need gcc
  gcc -static -D_GNU_SOURCE -o call "$ROOT/tests/programs/call.c" 2>/dev/null || skip "no static libc on this machine"
  pair
  shim ./call 0 rename new old
  [ ! -e "$LOG" ]
}

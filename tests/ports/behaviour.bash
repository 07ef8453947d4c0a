# SPDX-License-Identifier: MIT
# What the library does in every host, on any processor and libc. Whoever loads this defines a function
#
#   hosted [NAME=VALUE…] PROGRAM [ARGUMENT…]
#
# that runs tests/programs/PROGRAM in such a host, under the library, with events to $LOG.
# Where SAME is EEXIST, ALLOW_IF=same refuses: the host cannot make the thread that compares (shim/preload/aside.h).
# shellcheck shell=bash

# The programs that `behaves` needs.
# shellcheck disable=SC2034 # whoever loads this builds them
BEHAVIOUR=(call clone_stack environment few_arguments forward loop race small_stack threads vfork_child)

# afresh: makes a new folder to work in, with a file to rename, an existing destination, and no log.
afresh() {
  rm -rf "$BATS_TEST_TMPDIR/work"
  mkdir "$BATS_TEST_TMPDIR/work"
  cd "$BATS_TEST_TMPDIR/work" || return 1
  # shellcheck disable=SC2034 # of common.bash
  LOG=$PWD/log.jsonl
  echo new >new
  echo old >old
}

# said EXPECTED: the log must hold these events, each as "verdict rule call destination".
said() {
  local is
  is=$(events '" ".join([e["verdict"], e["rule"], e["call"], e["destination"].rsplit("/", 1)[1]])')
  [ "$is" = "$1" ] || { printf 'said: %s\n' "$is"; return 1; }
}

# behaves: runs all checks, and prints which one is running.
behaves() {
  echo "an overwrite is refused by every call, and both files are left"
  afresh
  mkdir folder
  hosted call EEXIST rename new old EEXIST renameat new old EEXIST renameat2 new old EEXIST syscall:rename new old \
    EEXIST syscall:renameat new old EEXIST syscall:renameat2 new old EEXIST noreplace new old EISDIR rename new folder
  [ "$(cat new old)" = $'new\nold' ]
  # One event for the first refusal of a loop; the program's own NOREPLACE is no refusal.
  said "refused default rename old"
  [ "$(events 'abs(e["time"] - __import__("time").time()) < 3600 and e["source"]')" = "$PWD/new" ]

  echo "where nothing is in the way all go, and exchange goes"
  afresh
  hosted call 0 rename new a 0 renameat a b 0 renameat2 b c 0 noreplace c d 0 syscall:rename d e 0 syscall:renameat e f \
    0 syscall:renameat2 f g 0 exchange g old 0 rename old old ENOENT rename missing old
  [ "$(cat g old)" = $'old\nnew' ]
  said ""

  echo "a policy says what is guarded, and what is let through"
  afresh
  hosted NOCLOBBER_PROTECT='*.keep:old' NOCLOBBER_ALLOW='fr*e' call EEXIST rename new old 0 rename new other
  echo new >new
  hosted NOCLOBBER_ALLOW='fr*e' call 0 rename new free
  echo new >new
  hosted NOCLOBBER_ALLOW='fr*e' call 0 rename new free
  [ "$(cat old free)" = $'old\nnew' ]
  said $'refused protect:old rename old\nallowed allow:fr*e rename free'

  echo "audit and off let it through, and a bad policy does not"
  afresh
  hosted NOCLOBBER_MODE=typo call EEXIST rename new old 2>err
  grep -q "libnoclobber: NOCLOBBER_MODE 'typo'" err
  hosted NOCLOBBER_MODE=audit call 0 rename new old
  echo new >new
  hosted NOCLOBBER_MODE=off call 0 rename new old
  said $'refused policy-error rename old\naudited default rename old'

  echo "exceptions look at the files"
  afresh
  printf equal | tee one >two
  printf equaL >three
  mkdir empty directory
  ln -s a link.a
  ln -s b link.b
  hosted NOCLOBBER_ALLOW_IF=same,symlink,empty call "${SAME:-0}" rename one two EEXIST rename two three \
    0 rename link.a link.b 0 rename directory empty EEXIST rename new old
  [ "$(cat two)" = equal ] && [ "$(readlink link.b)" = a ]
  if [ -z "${SAME-}" ]; then
    [ ! -e one ]
  else
    [ "$(cat one)" = equal ] # nothing is compared, nothing is lost
  fi

  echo "across filesystems"
  afresh
  if [ -w /dev/shm ] && [ "$(stat -c %d .)" != "$(stat -c %d /dev/shm)" ]; then
    OTHER=$(mktemp /dev/shm/ports.XXXXXX)
    hosted call EEXIST rename new "$OTHER" EXDEV rename new "$OTHER.none"
    rm -f "$OTHER"
  fi

  echo "programs that judge themselves"
  afresh
  hosted forward
  hosted few_arguments
  # NO_LEAF: libc's syscall(2) keeps a frame, so even without us a child cannot return from it.
  [ -n "${NO_LEAF:-}" ] || hosted clone_stack
  afresh
  hosted NOCLOBBER_ALLOW=free/ vfork_child
  afresh
  hosted loop tight
  afresh
  hosted NOCLOBBER_PROTECT='*.keep' NOCLOBBER_ALLOW=free.keep environment
  [ "$(refusals)" -eq 5 ]
  afresh
  hosted NOCLOBBER_PROTECT='*/x/**:*' NOCLOBBER_ALLOW='**/nothing*/' NOCLOBBER_ALLOW_IF=same,symlink,empty \
    small_stack ${SAME:+"$SAME"}
  afresh
  hosted race 3 60 mixed
  if [ -z "${NO_THREADS:-}" ]; then
    afresh
    hosted NOCLOBBER_ALLOW=free/ threads
    [ "$(refusals)" -eq $((10 * 64 + 10 * 63)) ]
  fi
}

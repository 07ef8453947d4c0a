#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Ways to lose a protected file, each under every guard: what became of it is as the table in README.md says. `tests/bypass/tabulate`
# writes that table, by running this file with $ROWS naming a file for its rows.

# Markdown.
# shellcheck disable=SC2016

load ../common
load guards

PAGE=README.md

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  AS=()
}

# attempt GUARD COMMAND…: runs the command with source and destination behind it under the guard; sets STATUS and OUTCOME.
attempt() {
  guard "$1"
  shift
  rm -rf ground
  mkdir -p ground/dist
  echo old >before
  cp before ground/dist/old
  echo new >ground/new
  [ ${#AS[@]} -eq 0 ] || chown -R 65534:65534 ground
  STATUS=0
  (cd ground && "${AS[@]}" "${PREFIX[@]}" "$@" "$PWD/new" "$PWD/dist/old") >said 2>&1 3>&- || STATUS=$?
  name_outcome
}

# In the table's words.
name_outcome() {
  OUTCOME='something else'
  if [ "$(cat ground/dist/old 2>/dev/null)" = old ]; then
    [ "$STATUS" = 0 ] || OUTCOME='kept'
    ! grep -q ', restored' said || OUTCOME='restored, told'
    [ "$STATUS" != 125 ] || OUTCOME='not started'
    [ "$STATUS" != 38 ] && [ "$STATUS" != 77 ] || OUTCOME='kept, `ENOSYS`'
  elif find ground -type f -exec cmp -s {} before \; -print | grep -q .; then
    OUTCOME='**moved**'
    [ "$STATUS" != 17 ] || OUTCOME='moved, and told'
  else
    OUTCOME='**lost**'
    [ "$STATUS" != 17 ] || OUTCOME='lost, and told'
  fi
}

# way COMMAND…: what becomes of the file under each guard is what the row of $TITLE says; without any it is lost or moved.
way() {
  local row="| $TITLE |" guard
  "$NOCLOBBER" --trace -Pq true || lacks "$("$NOCLOBBER" --trace -Pq true 2>&1)"
  "${AS[@]}" "$NOCLOBBER" --seal -Pq true || lacks "$("${AS[@]}" "$NOCLOBBER" --seal -Pq true 2>&1)"
  attempt nothing "$@"
  [ "$OUTCOME" != 'kept, `ENOSYS`' ] || lacks "this kernel does not have that call, or does not allow it"
  cat said
  [[ $OUTCOME = '**'* ]]
  for guard in "${GUARDS[@]}"; do
    attempt "$guard" "$@"
    row+=" $OUTCOME |"
    case "$guard: $OUTCOME" in
    seal:* | restore:*) [[ $OUTCOME =~ ^(kept|moved, and told|restored, told)$ ]] ;;
    esac
  done
  cat said
  echo "$row"
  if [ -n "${ROWS-}" ]; then
    echo "$row" >>"$ROWS"
  else
    grep -Fx "$row" "$ROOT/$PAGE"
  fi
}

# ---- how ----

@test "rename over it" {
  TITLE='rename over it (`mv`, `sed -i`, `git`)'
  way "$PROGRAMS/lose" rename
}

@test "opened and truncated" {
  TITLE='open with `O_TRUNC` (`>`, `cp`, compilers)'
  way "$PROGRAMS/lose" truncating
}

@test "written in place" {
  TITLE='write in place'
  way "$PROGRAMS/lose" in-place
}

@test "appended to" {
  TITLE='append (`>>`)'
  way "$PROGRAMS/lose" append
}

@test "mapped" {
  TITLE='write by `mmap` (linkers, databases)'
  way "$PROGRAMS/lose" map
}

@test "truncate(2)" {
  TITLE='`truncate`'
  way "$PROGRAMS/lose" truncate
}

@test "removed and created" {
  TITLE="remove, then create (\`install\`, \`tar -x\`, Java's \`REPLACE_EXISTING\`)"
  way "$PROGRAMS/lose" create
}

@test "moved away" {
  TITLE='move it away'
  way "$PROGRAMS/lose" away
}

@test "moved with its directory" {
  TITLE='move its directory, and make a new one'
  way "$PROGRAMS/lose" parent
}

@test "exchanged" {
  TITLE='exchange it (`RENAME_EXCHANGE`)'
  way "$PROGRAMS/lose" exchange
}

@test "linked elsewhere and written" {
  TITLE='make a hard link elsewhere, and write to that'
  way "$PROGRAMS/lose" link
}

# ---- by whom: a rename over it ----

@test "by a static program" {
  TITLE='rename by a static program'
  cc -static -o lose "$ROOT/tests/programs/lose.c" 2>messages || lacks "no static libc here: $(tail -n 1 messages)"
  way "$PWD/lose" rename
}

@test "by a Go program" {
  TITLE='rename by a Go program'
  wants go
  HOME=$PWD GOCACHE=$ROOT/$BUILD/go-cache GO111MODULE=off go build -o move "$ROOT/tests/bypass/programs/move.go"
  way "$PWD/move"
}

@test "by io_uring" {
  TITLE='rename by io_uring'
  way "$PROGRAMS/bypass" uring
}

@test "with an empty environment" {
  TITLE='rename by `env -i mv`'
  way env -i "$(command -v mv)" -f
}

@test "by a 32-bit program" {
  TITLE='rename by a 32-bit program, without its own library'
  wants i686-linux-gnu-gcc
  has_int80 || lacks "this kernel runs no i386 programs"
  local libraries=/usr/i686-linux-gnu/lib # where Debian's cross compiler has its libc
  i686-linux-gnu-gcc -Wl,--dynamic-linker=$libraries/ld-linux.so.2 -Wl,-rpath,$libraries -o lose "$ROOT/tests/programs/lose.c"
  way "$PWD/lose" rename
}

@test "by a set-user-ID program" {
  TITLE='rename by a set-user-ID program of root'
  other_user
  install -m 4755 "$PROGRAMS/lose" lose
  way sh -c '"$0" rename "$@"' "$PWD/lose"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The policy as a user writes it, on real programs: which destinations each pattern covers, which variable beats which, the
# modes, and what a policy that cannot be understood does: it says so in one line and guards everything.

load ../common

# try DESTINATION [NAME=VALUE…]: mv of a new file onto an old one at DESTINATION under a policy; prints "refused" or
# "replaced" for what became of it, and fails where the command's status or the log says otherwise.
try() {
  local destination=$1 now
  mkdir -p "$(dirname "$destination")"
  echo old >"$destination"
  echo new >source
  rm -f "$LOG"
  status=0
  shim "${@:2}" mv -f source "$destination" 2>stderr || status=$?
  now=$(cat "$destination")
  case $status-$now-$(refusals) in
  1-old-1) echo refused ;;
  0-new-0) echo replaced ;;
  *) echo "status $status, destination holds $now, $(refusals) refusals" ;;
  esac
}

# table: for each line "VERDICT DESTINATION VARIABLE=PATTERNS" of its input, try says VERDICT.
table() {
  local verdict destination policy
  while read -r verdict destination policy; do
    [ -n "$verdict" ] || continue
    echo "$verdict $destination $policy"
    [ "$(try "$destination" "${policy//@/$PWD}")" = "$verdict" ]
  done
}

# ---- patterns ----------------------------------------------------------------------------------

@test "with no PROTECT every destination is guarded" {
  [ "$(try a)" = refused ]
  [ "$(try deep/down/a)" = refused ]
}

@test "an anchored pattern is one path, a floating one any depth" { # @ is the current folder
  table <<'END'
refused  dist/app    NOCLOBBER_PROTECT=@/dist/app
replaced x/dist/app  NOCLOBBER_PROTECT=@/dist/app
replaced dist/apps   NOCLOBBER_PROTECT=@/dist/app
replaced dist/app    NOCLOBBER_PROTECT=/dist/app
refused  dist/app    NOCLOBBER_PROTECT=dist/app
refused  x/dist/app  NOCLOBBER_PROTECT=dist/app
replaced xdist/app   NOCLOBBER_PROTECT=dist/app
refused  app         NOCLOBBER_PROTECT=app
refused  x/y/app     NOCLOBBER_PROTECT=app
replaced z/app/x     NOCLOBBER_PROTECT=app
END
}

@test "a trailing slash is the whole tree, and the directory itself" {
  table <<'END'
refused  dist/app       NOCLOBBER_PROTECT=dist/
refused  x/dist/y/z/app NOCLOBBER_PROTECT=dist/
replaced distribution   NOCLOBBER_PROTECT=dist/
replaced dist2/app      NOCLOBBER_PROTECT=dist/
refused  dist/y/app     NOCLOBBER_PROTECT=@/dist/
replaced x/dist/app     NOCLOBBER_PROTECT=@/dist/
refused  v1/out/app     NOCLOBBER_PROTECT=@/v?/out/
END
  mkdir -p tree new
  run shim NOCLOBBER_PROTECT=tree/ mv -T new tree
  [ "$status" -eq 1 ]
  [ -d new ]
}

@test "* and ? stop at a slash, ** does not" {
  table <<'END'
refused  a.deb         NOCLOBBER_PROTECT=*.deb
refused  x/y/a.deb     NOCLOBBER_PROTECT=*.deb
replaced a.debian      NOCLOBBER_PROTECT=*.deb
refused  out/a.iso     NOCLOBBER_PROTECT=@/out/*.iso
replaced out/x/a.iso   NOCLOBBER_PROTECT=@/out/*.iso
refused  out/x/y/a.iso NOCLOBBER_PROTECT=@/out/**/*.iso
refused  out/a.iso     NOCLOBBER_PROTECT=@/out/**/*.iso
refused  out/x/a.iso   NOCLOBBER_PROTECT=@/out/**.iso
refused  file1         NOCLOBBER_PROTECT=file?
replaced file10        NOCLOBBER_PROTECT=file?
replaced file/1        NOCLOBBER_PROTECT=file?1
refused  .hidden       NOCLOBBER_PROTECT=@/*
END
}

@test "classes, ranges and their negations" {
  table <<'END'
refused  v1    NOCLOBBER_PROTECT=v[0-9]
replaced vx    NOCLOBBER_PROTECT=v[0-9]
refused  vx    NOCLOBBER_PROTECT=v[!0-9]
replaced v1    NOCLOBBER_PROTECT=v[^0-9]
refused  v-    NOCLOBBER_PROTECT=v[a-]
refused  v]    NOCLOBBER_PROTECT=v[]]
END
}

@test "a backslash takes the meaning from *, ?, [ and the colon between patterns" {
  table <<'END'
refused  a:b  NOCLOBBER_PROTECT=a\:b
replaced b    NOCLOBBER_PROTECT=a\:b
refused  b    NOCLOBBER_PROTECT=a:b
refused  a    NOCLOBBER_PROTECT=a:b
replaced a:b  NOCLOBBER_PROTECT=a:b
refused  a*   NOCLOBBER_PROTECT=a\*
replaced ab   NOCLOBBER_PROTECT=a\*
refused  a[b] NOCLOBBER_PROTECT=a\[b]
END
}

@test "patterns are bytes and characters: blanks, UTF-8 and newlines in names match" {
  [ "$(try 'a b' NOCLOBBER_PROTECT='a b')" = refused ]
  [ "$(try 'größe' NOCLOBBER_PROTECT='gr??e')" = refused ]
  [ "$(try $'a\nb' NOCLOBBER_PROTECT='a?b')" = refused ]
  [ "$(try $'a\xffb' NOCLOBBER_PROTECT='a?b')" = refused ]
}

@test "a thousand patterns: the last one counts as the first does" {
  local patterns
  patterns=$(seq -f '/nowhere/%.0f/*' -s : 1000)
  [ "$(try a NOCLOBBER_PROTECT="$patterns")" = replaced ]
  [ "$(try a NOCLOBBER_PROTECT="$patterns:a")" = refused ]
}

# ---- which destination that is -----------------------------------------------------------------

@test "the folder's symlinks are resolved, the last component is not" {
  mkdir -p real
  ln -s real alias
  [ "$(try alias/app NOCLOBBER_PROTECT="$PWD/real/")" = refused ]
  [ "$(try alias/app NOCLOBBER_PROTECT="$PWD/alias/")" = replaced ]
  ln -s ../real/target real/link
  echo old >real/target
  echo new >source
  run shim NOCLOBBER_PROTECT="$PWD/real/target" mv source real/link # replaces the link, not its target
  [ "$status" -eq 0 ]
  [ ! -L real/link ] && [ "$(cat real/target)" = old ]
  ln -s anywhere real/dangling
  echo new >source
  run shim NOCLOBBER_PROTECT="$PWD/real/" mv source real/dangling
  [ "$status" -eq 1 ]
  [ "$(readlink real/dangling)" = anywhere ]
}

@test "relative paths, .. and doubled slashes mean the file that they reach" {
  mkdir -p dist/x other
  local path
  for path in dist/app ./dist//app other/../dist/app dist/x/../app "$PWD/dist/app"; do
    [ "$(try "$path" NOCLOBBER_PROTECT="$PWD/dist/app")" = refused ]
  done
  cd dist/x
  [ "$(try ../app NOCLOBBER_PROTECT="$(cd .. && pwd)/app")" = refused ]
}

@test "only the destination counts: moving away from a protected tree is free, removing too" {
  mkdir dist
  touch dist/app dist/gone
  shim NOCLOBBER_PROTECT=dist/ mv dist/app app
  shim NOCLOBBER_PROTECT=dist/ rm dist/gone
  [ -e app ] && [ -z "$(ls dist)" ]
  [ ! -e "$LOG" ]
}

# ---- which variable beats which ----------------------------------------------------------------

@test "ALLOW beats PROTECT, and needs none; its event names the pattern" {
  [ "$(try dist/app NOCLOBBER_PROTECT=dist/ NOCLOBBER_ALLOW=dist/tmp/)" = refused ]
  [ "$(try dist/tmp/app NOCLOBBER_PROTECT=dist/ NOCLOBBER_ALLOW='*.log:dist/tmp/')" = replaced ]
  [ "$(events '(e["verdict"], e["rule"])')" = "('allowed', 'allow:dist/tmp/')" ]
  [ "$(try a.log NOCLOBBER_ALLOW='*.log')" = replaced ]
  [ "$(try a.txt NOCLOBBER_ALLOW='*.log')" = refused ]
}

@test "outside of PROTECT nothing is recorded" {
  [ "$(try a NOCLOBBER_PROTECT=dist/ NOCLOBBER_ALLOW=a NOCLOBBER_ALLOW_IF=same)" = replaced ]
  [ ! -e "$LOG" ]
}

@test "a child inherits the policy, and may be given another" {
  library_only 'what is traced has one policy for good'
  mkdir dist
  echo old >dist/app
  echo new >new
  run shim NOCLOBBER_PROTECT=dist/ sh -c 'cd dist && sh -c "exec mv ../new app"'
  [ "$status" -ne 0 ]
  [ "$(cat dist/app)" = old ]
  shim NOCLOBBER_PROTECT=dist/ env NOCLOBBER_MODE=off mv new dist/app
  [ "$(cat dist/app)" = new ]
}

@test "the policy is the environment that the program began with: what it sets later is for its children" {
  need python3
  [ "$(try x)" = refused ]
  run shim python3 -c '
import os
os.environ["NOCLOBBER_MODE"] = "off"
os.rename("source", "x")'
  [ "$status" -ne 0 ]
  [[ $output == *FileExistsError* ]]
}

# ---- modes -------------------------------------------------------------------------------------

@test "MODE=enforce is what an unset or empty MODE is" {
  [ "$(try a NOCLOBBER_MODE=enforce)" = refused ]
  [ "$(try a NOCLOBBER_MODE=)" = refused ]
  [ ! -s stderr ] || ! grep libnoclobber stderr
}

@test "MODE=audit lets through what it records, and records what enforce would refuse" {
  [ "$(try dist/app NOCLOBBER_MODE=audit NOCLOBBER_PROTECT=dist/)" = replaced ]
  [ "$(events '(e["verdict"], e["rule"], e["destination"])')" = "('audited', 'protect:dist/', '$PWD/dist/app')" ]
  [ ! -s stderr ]
  [ "$(try other NOCLOBBER_MODE=audit NOCLOBBER_PROTECT=dist/)" = replaced ]
  [ ! -e "$LOG" ]
}

@test "MODE=audit: a whole git session goes as without the shim, and its overwrites are on record" {
  need git
  export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com
  export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com GIT_AUTHOR_DATE='@0 +0000' GIT_COMMITTER_DATE='@0 +0000'
  # shellcheck disable=SC2016
  local session='git init -q "$0" && cd "$0" && git checkout -q -b trunk && echo 1 >f && git add f && git commit -qm 1 &&
    git branch b && echo 2 >f && git commit -qam 2 && git rebase -q b && git branch -M b c && git gc -q && git rev-parse HEAD'
  run shim NOCLOBBER_MODE=audit sh -c "$session" audited
  local audited=$status:$output
  run sh -c "$session" plain
  [ "$status" -eq 0 ]
  [ "$audited" = "$status:$output" ]
  [ "$(events 'e["verdict"]' | sort -u)" = audited ]
  events 'e["destination"]' | grep -qx "$PWD/audited/.git/index"
}

@test "MODE=off does nothing, even where everything else is set" {
  [ "$(try dist/app NOCLOBBER_MODE=off NOCLOBBER_PROTECT=dist/ NOCLOBBER_ON_REFUSAL=exit)" = replaced ]
  [ ! -e "$LOG" ]
}

@test "ON_REFUSAL=exit ends mv with status 17 and one line that names the destination" {
  echo old >old && echo new >new
  run shim NOCLOBBER_ON_REFUSAL=exit mv new old
  echo "$output"
  [ "$status" -eq 17 ]
  [ "$(wc -l <<<"$output")" -eq 1 ]
  [[ $output == libnoclobber:*"$PWD/old"* ]]
  [ "$(cat new old)" = $'new\nold' ]
}

@test "LOG=- writes events to standard error" {
  echo old >old && echo new >new
  local status=0
  env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=- mv new old >out 2>err || status=$?
  [ "$status" -eq 1 ]
  [ "$(grep -v '^mv: ' err | python3 -c 'import json; print(json.loads(input())["verdict"])')" = refused ]
  [ ! -s out ]
}

# ---- what cannot be understood -----------------------------------------------------------------

# wrong NAME=VALUE SHOWN EXPECTED: with that variable, otherwise lenient, mv says exactly one line more than its own error,
# which names the variable, the part SHOWN of its value, and EXPECTED; and everything is guarded.
wrong() {
  local line
  [ "$(try dist/app NOCLOBBER_MODE=audit NOCLOBBER_ALLOW='**' NOCLOBBER_ALLOW_IF=same,symlink,empty "$1")" = refused ]
  grep -v '^mv: ' stderr >line || true
  line=$(cat line)
  echo "$1 gives: $line"
  [ "$(wc -l <line)" -eq 1 ]
  [[ $line == "libnoclobber: ${1%%=*} '$2': "*"$3"* ]]
  [ "$(events 'e["rule"]')" = policy-error ]
}

@test "each bad value: one line that names variable, value and what would be right, and everything is guarded" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  wrong NOCLOBBER_MODE=Audit Audit "enforce, audit or off"
  wrong NOCLOBBER_ALLOW_IF=same,equal equal "same, symlink and empty"
  wrong NOCLOBBER_ALLOW_IF=same, "" "same, symlink and empty"
  wrong NOCLOBBER_ALLOW_IF="same, empty" " empty" "same, symlink and empty"
  wrong NOCLOBBER_FALLBACK=copy copy "emulate or refuse"
  wrong NOCLOBBER_PROTECT= "" "unset it to guard every destination"
  wrong NOCLOBBER_PROTECT=a::b "" ""
  wrong NOCLOBBER_PROTECT=elsewhere/: "" ""
  wrong NOCLOBBER_PROTECT='elsewhere:[a' '[a' ""
  # shellcheck disable=SC1003 # a lone backslash it is
  wrong NOCLOBBER_PROTECT='elsewhere\' 'elsewhere\\' ""
  wrong NOCLOBBER_PROTECT=./dist './dist' ""
  wrong NOCLOBBER_PROTECT=x/../dist 'x/../dist' ""
  wrong NOCLOBBER_PROTECT=x//dist 'x//dist' ""
  wrong NOCLOBBER_ALLOW='a:[' '[' ""
  wrong NOCLOBBER_PROTECT='elsewhere/ ' 'elsewhere/ ' "a stray"
  wrong NOCLOBBER_PROTECT='elsewhere/: x/' ' x/' "a stray"
  wrong NOCLOBBER_PROTECT=$'elsewhere/\r' 'elsewhere/\u000d' "a stray"
  wrong NOCLOBBER_PROTECT=$'elsewhere/\n' 'elsewhere/\u000a' "a stray"
  wrong NOCLOBBER_PROTECT='"elsewhere/"' '\"elsewhere/\"' "a stray"
  # shellcheck disable=SC2088 # as an env file passes it
  wrong NOCLOBBER_PROTECT='~/elsewhere/' '~/elsewhere/' "a stray"
  wrong NOCLOBBER_LOGS=/tmp/x /tmp/x "unknown variable"
  wrong NOCLOBBER_protect=dist dist "unknown variable"
}

@test "a bad policy is complained of at a process's first rename, once; not by a process that never renames" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  touch a c
  run --separate-stderr shim NOCLOBBER_MODE=typo sh -c 'true; cat /dev/null; ls >/dev/null'
  [ "$status" -eq 0 ] && [ -z "$stderr" ]
  # The program overwrites its environment, as setproctitle(3) does, before its first rename.
  shim NOCLOBBER_MODE=typo "$PROGRAMS/complaint" 2>stderr
  cat stderr
  [ "$(cat stderr)" = "libnoclobber: NOCLOBBER_MODE 'typo': must be enforce, audit or off; until this is fixed, every destination is guarded" ]
}

@test "the command's own variable is known to the library" {
  library_only 'it is about the library'
  echo old >old && echo new >new
  run --separate-stderr shim NOCLOBBER_LIBRARY=/x.so NOCLOBBER_PROTECT=/nowhere/ mv new old
  [ "$status" -eq 0 ] && [ -z "$stderr" ]
}

@test "a bad ON_REFUSAL is taken for exit" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  echo old >old && echo new >new
  run shim NOCLOBBER_ON_REFUSAL=abort mv new old
  [ "$status" -eq 17 ]
  [[ $output == "libnoclobber: NOCLOBBER_ON_REFUSAL 'abort': must be error or exit"* ]]
  [ "$(cat new old)" = $'new\nold' ]
}

@test "a relative LOG is refused, nothing is written there, and everything is guarded" {
  echo old >old && echo new >new
  run env LD_PRELOAD="$SHIM" NOCLOBBER_MODE=off NOCLOBBER_LOG=log.jsonl mv new old
  [ "$status" -eq 1 ]
  [[ $output == "libnoclobber: NOCLOBBER_LOG 'log.jsonl': must be an absolute path, or - for standard error"* ]]
  [ ! -e log.jsonl ]
}

@test "patterns beyond the limit are a policy error: everything is guarded" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  local long
  long=$(printf 'x%.0s' $(seq 4096))
  [ "$(try a NOCLOBBER_PROTECT="elsewhere/$long")" = refused ]
  grep -q '^libnoclobber: NOCLOBBER_PROTECT ' stderr
  [ "$(events 'e["rule"]')" = policy-error ]
}

@test "several bad values still give one line" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  [ "$(try a NOCLOBBER_MODE=x NOCLOBBER_FALLBACK=y NOCLOBBER_ALLOW_IF=z)" = refused ]
  [ "$(grep -c libnoclobber stderr)" -eq 1 ]
}

@test "a hostile value cannot forge a second line" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  [ "$(try a NOCLOBBER_MODE=$'x\nlibnoclobber: all is well\e[2J')" = refused ]
  [ "$(grep -c . stderr)" -eq 2 ] # ours and mv's
  [ "$(tr -d '[:print:]\n' <stderr | wc -c)" -eq 0 ]
}

@test "a misspelt variable can only make things stricter; others' variables are none of its business" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  [ "$(try a NOCLOBBER_ALOW=a)" = refused ]
  [ "$(try a MY_NOCLOBBER_X=1 NOCLOBBERX=1 NOCLOBBER=1 NOCLOBBER_PROTECT=elsewhere)" = replaced ]
  [ ! -s stderr ]
}

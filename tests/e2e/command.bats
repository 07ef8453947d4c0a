#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command as a user starts it: every option with good and bad input, every exit status, what the command that it runs
# gets to see, and that nothing is left behind.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir dist tmp
  echo old >dist/a
  echo new >new
  export TMPDIR=$PWD/tmp
}

teardown() {
  # The private log is gone, however the run ended.
  [ -z "$(ls -A tmp)" ]
}

# exits STATUS WORD…: noclobber with these words exits with that status; stdout and stderr are in files of these names.
exits() {
  local status=0
  "$NOCLOBBER" "${@:2}" >stdout 2>stderr || status=$?
  echo "status $status, not $1: ${*:2}"
  cat stderr
  [ "$status" = "$1" ]
}

# refuses TEXT WORD…: noclobber starts nothing, exits with 125, and says exactly this in its first line.
refuses() {
  exits 125 "${@:2}" touch started
  [ "$(head -n 1 stderr)" = "noclobber: $1" ]
  [ ! -e started ]
}

is_kept() {
  [ "$(cat dist/a)" = old ]
}

# ---- what is asked -----------------------------------------------------------------------------

@test "--version and --help answer on stdout" {
  exits 0 --version
  grep -qx 'noclobber [0-9.]*' stdout
  exits 0 -V
  exits 0 --help
  [ "$(wc -l <stdout)" -le 24 ]
  [ "$(wc -L <stdout)" -le 80 ]
  [ ! -s stderr ]
}

@test "every long option of --help is known, and every known one is in --help" {
  "$NOCLOBBER" --help | grep -o -- '--[a-z][a-z-]*' | sort -u >told
  while read -r option; do
    ! "$NOCLOBBER" "$option" x 2>&1 </dev/null | grep 'unknown option' || return 1
  done <told
  "$PROGRAMS/settings" | sed 's/^/--/; s/ .*//' | sort | diff - told
}

@test "an answer that cannot be written is no success" {
  [ -w /dev/full ] || skip "no /dev/full"
  status=0
  "$NOCLOBBER" --help >/dev/full || status=$?
  [ $status = 125 ]
  status=0
  "$NOCLOBBER" -P --explain new >/dev/full || status=$?
  [ $status = 125 ]
}

@test "without anything to protect it explains itself and starts nothing" {
  exits 125
  grep -q -- --protect-all stderr
  exits 125 touch started
  exits 125 --audit -- touch started
  exits 125 --allow dist/ touch started
  [ ! -e started ]
  [ "$(wc -l <stderr)" -le 6 ]
}

@test "without a command it says so" {
  exits 125 --protect dist/
  grep -q '^noclobber: no command: ' stderr
  exits 125 --protect-all --
}

# ---- bad input ---------------------------------------------------------------------------------

@test "an unknown option is named" {
  refuses '--protects: unknown option; see --help' --protects dist/
  refuses '-z: unknown option; see --help' -Pz
  refuses '--ver: is ambiguous; write the option in full, see --help' --ver
  refuses "--audit 'yes': takes no value" --audit=yes
  exits 125 --protect
  grep -qx 'noclobber: --protect: needs a value; see --help' stderr
}

@test "each option with a bad value is named with it" {
  refuses "--protect '': needs a pattern, such as dist/ or *.deb" --protect ''
  refuses "--protect '[a': '[' has no ']'; close it, or write '\\[' for the character itself" -p '[a'
  refuses "--protect 'a/:b/': give one pattern at a time; write a ':' in a name as '\\:'" -p a/:b/
  refuses "--allow 'x/*/../y': a '.' or '..' component could never match; write the path without it" -P -a 'x/*/../y'
  refuses "--allow-if 'most': must be a list of same, symlink and empty, separated by ','" -P --allow-if same,most
  refuses "--fallback 'none': must be emulate or refuse" -P -f none
  refuses "--log '': needs a file, or - for standard error" -P --log ''
  refuses "--policy 'none': No such file or directory" --policy none
  refuses "--policy 'dist': Is a directory" --policy dist
  refuses "--format 'xml': must be text, json, github or gitlab" -P --format xml
  refuses "--verify 'md5': must be stat or hash; to skip it, use --no-verify" -P --verify=md5
  refuses "--refused-status '300': must be a number from 0 to 255" -P --refused-status 300
  refuses "--report-file 'x': needs --format=json or --format=gitlab" -P --report-file x
}

@test "a bad value with control characters stays one line" {
  refuses "--fallback 'a\\u000a\\u001b[1mb': must be emulate or refuse" -P -f $'a\n\e[1mb'
  [ "$(wc -l <stderr)" = 1 ]
}

@test "a pattern longer than any path is an error" {
  exits 125 -p "$(printf 'x%.0s' {1..5000})" touch started
  grep -q 'longer than 4095 bytes' stderr
  [ ! -e started ]
}

@test "what is wrong in the environment is called by the variable's name" {
  export NOCLOBBER_PROTECT=./x
  refuses "NOCLOBBER_PROTECT './x': a '.' or '..' component could never match; write the path without it" -p dist/
  unset NOCLOBBER_PROTECT
  export NOCLOBBER_MODE=maybe
  refuses "NOCLOBBER_MODE 'maybe': must be enforce, audit or off" -P
  unset NOCLOBBER_MODE
  export NOCLOBBER_PROTEKT=x
  exits 125 -P touch started
  grep -q "^noclobber: NOCLOBBER_PROTEKT 'x': unknown variable" stderr
}

@test "a library that is not there or that ld.so cannot take is an error" {
  NOCLOBBER_LIBRARY=$PWD/none.so exits 125 -P touch started
  mkdir 'with blank'
  cp "$SHIM" 'with blank/'
  NOCLOBBER_LIBRARY="$PWD/with blank/libnoclobber.so" exits 125 -P touch started
  [ ! -e started ]
}

# ---- the policy file ---------------------------------------------------------------------------

@test "a policy file is anchored where it is" {
  mkdir -p project/dist sub
  printf '# ours\n\n  protect = dist/\r\nallow dist/*.tmp\n' >project/.noclobber
  echo old >project/dist/a
  echo old >project/dist/a.tmp
  cd sub
  exits 1 --policy ../project/.noclobber mv ../new ../project/dist/a
  exits 0 --policy ../project/.noclobber mv ../new ../project/dist/a.tmp
}

@test "a policy file with a mistake is named with its line" {
  printf 'protect dist/\nprotekt x\n' >policy
  exits 125 --policy policy touch started
  grep -q "^noclobber: policy:2 'protekt': unknown setting; the settings are protect, " stderr
  printf 'protect dist/\n\nprotect dist/ # here\n' >policy
  exits 125 --policy policy touch started
  grep -q "^noclobber: policy:3 'protect dist/ # here': put the comment on its own line" stderr
  printf 'protect a\0b\n' >policy
  exits 125 --policy policy touch started
  grep -q "^noclobber: policy:1: contains a NUL byte" stderr
  [ ! -e started ]
}

@test "a policy may come through a pipe" {
  exits 1 --policy <(echo protect dist/) mv new dist/a
  is_kept
}

# ---- patterns ----------------------------------------------------------------------------------

@test "a tree of this directory is protected, one of the same name elsewhere is not" {
  mkdir -p other/dist
  echo old >other/dist/a
  exits 1 -p dist/ mv new dist/a
  exits 0 -p dist/ mv new other/dist/a
  is_kept
}

@test "dots, links and special characters on the way are taken as a shell would" {
  odd='odd [1]*:\x'
  mkdir "$odd"
  ln -s ../dist "$odd/link"
  cd "$odd" || return 1
  exits 1 -p ./link/ mv ../new ../dist/a
  exits 1 -p ../dist/a mv ../new ../dist/a
  touch here
  exits 1 -p ./here mv ../new here
  [ "$(cat ../dist/a)" = old ]
}

@test "names with blanks, quotes, newlines and bytes that are no text are protected" {
  for name in 'a b' "it's" '"' $'a\nb' $'\xff\xfe' '-p'; do
    mkdir -p -- "./$name"
    echo old >"./$name/a"
    exits 1 --protect "./$name/" mv -- new "./$name/a"
    [ "$(cat "./$name/a")" = old ]
  done
  for name in '*' '?' ':' "\\" '['; do
    mkdir -p "$name"
    echo old >"$name/a"
    exits 1 --protect "./\\$name/" mv new "$name/a"
  done
}

# ---- what the options do -----------------------------------------------------------------------

@test "--protect-all protects what no pattern names" {
  exits 1 --protect-all mv new dist/a
  exits 1 --protect-all --protect other/ mv new dist/a
  is_kept
}

@test "--allow and --allow-if make exceptions" {
  exits 1 -p dist/ --allow 'dist/*.tmp' mv new dist/a
  cp new dist/b
  exits 0 -p dist/ --allow-if same,symlink mv new dist/b
  echo new >new
  exits 0 -p dist/ --allow dist/a mv new dist/a
  [ "$(cat dist/a)" = new ]
}

@test "an exception that was used is no change: a release flip under --allow-if symlink" {
  mkdir -p site/1 site/2
  ln -s 1 site/current
  exits 0 -p site/ --allow-if symlink sh -c 'ln -s 2 site/next && mv -T site/next site/current'
  [ "$(readlink site/current)" = 2 ]
}

@test "--exit-on-refusal ends the process" {
  need python3
  exits 17 -x -p dist/ python3 -c 'import os
try: os.rename("new", "dist/a")
except OSError: print("went on")'
  [ ! -s stdout ]
}

@test "--fallback reaches the library" {
  exits 0 -P --fallback=refuse env
  grep -qx NOCLOBBER_FALLBACK=refuse stdout
}

@test "--log appends events, relative to the current directory" {
  exits 1 -p dist/ --log events mv new dist/a
  exits 1 -p dist/ --log events mv new dist/a
  [ "$(grep -c '"verdict":"refused"' events)" = 2 ]
  exits 17 -P --log events sh -c 'mv new dist/a; true'
  exits 1 -p dist/ --log - mv new dist/a
  grep -q '^{.*"verdict":"refused"' stderr
}

@test "--quiet says nothing, and the status stays" {
  exits 17 -q -p dist/ sh -c 'mv new dist/a 2>/dev/null; true'
  [ ! -s stderr ]
}

@test "rsync -H, which does not bear a refusal, ends under --exit-on-refusal" {
  need rsync
  mkdir source
  echo new >source/a
  ln source/a source/b
  touch -d 2001-01-01 dist/a
  local status=0
  timeout 300 "$NOCLOBBER" -x -p dist/ -- rsync -aH source/ dist/ || status=$?
  [[ $status -ne 0 && $status -ne 124 ]]
  is_kept
}

@test "a status of 17 that is the command's own stays, and the report tells" {
  need perl
  exits 17 --refused-status 99 --format json -p dist/ perl -e 'rename("new", "dist/a") or die'
  grep -q '"status":17,"command_status":17' stderr
  exits 99 --refused-status 99 -p dist/ perl -e 'rename("new", "dist/a")'
}

@test "--audit lets through, and is no failure" {
  exits 0 --audit -p dist/ mv new dist/a
  [ "$(cat dist/a)" = new ]
}

@test "NOCLOBBER_MODE=off is off, which is said, and --enforce overrides it" {
  export NOCLOBBER_MODE=off
  exits 17 --enforce -p dist/ sh -c 'mv new dist/a; true'
  exits 0 -p dist/ sh -c 'cp new dist/b; mv new dist/a; rm dist/b'
  grep -q "NOCLOBBER_MODE 'off': nothing is protected" stderr
}

@test "what protects nothing as it stands starts nothing" {
  exits 125 -p dist touch started
  grep -q "^noclobber: --protect 'dist': is a directory" stderr
  exits 125 '--protect=~/x/' touch started
  grep -q "^noclobber: --protect '~/x/': '~' and '$' are not expanded here" stderr
  printf 'protect "dist/"\n' >policy
  exits 125 -c policy touch started
  grep -q "^noclobber: policy:1 .*: begins or ends with a quote" stderr
  NOCLOBBER_PROTECT=dist exits 125 touch started
  grep -q "^noclobber: NOCLOBBER_PROTECT 'dist': is a directory" stderr
  [ ! -e started ]
}

# ---- exit statuses -----------------------------------------------------------------------------

@test "the command's own status comes through" {
  for status in 0 1 2 17 100 124 125 126 127 200 255; do
    exits $status -p dist/ sh -c "exit $status"
  done
  exits 3 -p dist/ sh -c 'mv new dist/a; exit 3'
}

@test "a refusal behind a success is 17, or what --refused-status says" {
  exits 17 -p dist/ sh -c 'mv new dist/a; true'
  exits 42 --refused-status 42 -p dist/ sh -c 'mv new dist/a; true'
  exits 0 --refused-status=0 -p dist/ sh -c 'mv new dist/a; true'
  is_kept
}

@test "what changed by other means is 17, and not with --no-verify" {
  exits 17 -p dist/ cp new dist/a
  exits 0 --no-verify -p dist/ cp new dist/a
  exits 17 -p dist/ rm dist/a
  exits 0 -p dist/ cp new dist/b
}

@test "not found is 127, not executable 126" {
  exits 127 -P no-such-command
  exits 127 -P ./none
  exits 126 -P ./new
  exits 126 -P ./dist
}

@test "a signal's number is added to 128" {
  for signal in HUP INT QUIT KILL TERM SEGV; do
    exits $((128 + $(kill -l $signal))) -P sh -c "ulimit -c 0; kill -$signal \$\$"
  done
}

@test "a failure of its own behind a success is 125: the report cannot be written any more" {
  mkdir reports
  exits 125 -P --no-verify --format json --report-file reports/r -- sh -c 'rm -r reports'
  grep -q "^noclobber: can't write the report: No such file or directory" stderr
  mkdir reports
  exits 3 -P --no-verify --format json --report-file reports/r -- sh -c 'rm -r reports; exit 3'
}

@test "a place for temporary files that is none is made up for, and so is an outer report that is gone" {
  TMPDIR=$PWD/none exits 0 -P true
  NOCLOBBER_REPORT=/none/x exits 0 -P true
}

@test "a file that the run is to write to and that cannot be is told before anything starts" {
  refuses "log '/none/log': can't be written: No such file or directory; name another file" -P --log /none/log
  refuses "log '$PWD/dist': can't be written: Is a directory; name another file" -P --log dist
  NOCLOBBER_LOG=/none/log refuses "log '/none/log': can't be written: No such file or directory; name another file" -P
  refuses "--report-file '/none/r': can't be written: No such file or directory; name another file" \
    -P --format json --report-file /none/r
  refuses "--report-file 'dist/': can't be written: Is a directory; name another file" -P --format gitlab --report-file dist/
  refuses "--report-file 'new/r': can't be written: Not a directory; name another file" -P --format json --report-file new/r
  GITHUB_STEP_SUMMARY=/none/s refuses "GITHUB_STEP_SUMMARY '/none/s': can't be written: No such file or directory; name another file" \
    -P --format github
  mkdir gl-code-quality-report.json
  refuses "--format=gitlab 'gl-code-quality-report.json': can't be written: Is a directory; name another file" -P --format gitlab
}

@test "files that may be written are not made where there is nothing to say" {
  exits 0 -P --log events -- true
  [ ! -e events ]
}

@test "a command that the kernel does not start though the probe was content is told of" {
  # Arguments and environment have 128 KiB at least, and with a small stack no more (execve(2)).
  for _ in {1..90}; do printf 'allow ' && printf 'y%.0s' {1..900} && echo; done >policy
  export PADDING
  PADDING=$(printf 'x%.0s' {1..60000})
  status=0
  (ulimit -s 256 && exec "$NOCLOBBER" --protect-all --policy policy touch started) 2>stderr || status=$?
  cat stderr
  [ "$status" = 126 ]
  grep -q "^noclobber: touch: can't be executed: Argument list too long; with the policy in it" stderr
  [ ! -e started ]
}

@test "an empty word for a command is 127, and told" {
  exits 127 -P ''
  [ "$(cat stderr)" = "noclobber: the command '': is empty; is a variable unset?" ]
}

@test "an alarm that was set before noclobber ends the command" {
  need perl
  status=0
  perl -e 'alarm 1; exec @ARGV' "$NOCLOBBER" -P --no-verify -- sh -c 'while :; do sleep 0.1; done' || status=$?
  [ "$status" = $((128 + $(kill -l ALRM))) ]
}

# ---- refusals that cannot be recorded ----------------------------------------------------------

# is_told: nothing could be recorded, and that was said and counted.
is_told() {
  grep -qx 'noclobber: some refusals could not be recorded (disk full, or no file descriptor left)' stderr
  is_kept
}

@test "a refusal with no descriptor left counts" {
  need python3
  cat >all.py <<'END'
import os
try:
    while True:
        os.open("/dev/null", os.O_RDONLY)
except OSError:
    pass
try:
    os.rename("new", "dist/a")
except FileExistsError:
    pass
END
  (ulimit -n 64 && exits 17 -p dist/ --no-verify python3 all.py)
  is_told
  (ulimit -n 64 && exits 17 -p dist/ --no-verify --format json python3 all.py)
  python3 -c 'import json; r = json.load(open("stderr")); assert r["complete"] is False and r["counts"]["refused"] == 0, r'
}

@test "refusals behind a disk that fills up count, the first of them by name" {
  need_root
  need unshare python3
  unshare -m mount -t tmpfs none tmp || skip "no mounts on this machine"
  cat >fill.py <<'END'
import os
with open("tmp/fill", "wb", buffering=0) as fill:
    try:
        while True:
            fill.write(bytes(4096))
    except OSError:
        pass
for n in range(1000):
    os.mkdir(f"dist/{n}")
    open(f"dist/{n}/a", "w").close()
    try:
        os.rename("new", f"dist/{n}/a")
    except FileExistsError:
        pass
END
  status=0
  unshare -m sh -c 'mount -t tmpfs -o size=256k none tmp && exec "$@"' sh "$NOCLOBBER" -p dist/ --no-verify python3 fill.py \
    2>stderr || status=$?
  cat stderr
  [ "$status" = 17 ]
  grep -q '^noclobber: refused [1-9][0-9]* renames onto' stderr
  is_told
}

@test "a command that empties the place for temporary files hides no refusal" {
  exits 17 -p dist/ --no-verify sh -c 'rm -rf "$TMPDIR"/*; mv new dist/a; true'
  grep -q '^noclobber: refused 1 rename' stderr
  # What was refused before is told; what was refused afterwards nobody knows.
  exits 125 -p dist/ --no-verify sh -c 'mv new dist/a; rm -rf "$TMPDIR"; mkdir "$TMPDIR"; mv new dist/a; true'
  grep -q '^noclobber: .*/report: the command removed it, so later refusals are unknown; set TMPDIR' stderr
  grep -q '^noclobber: refused 1 rename' stderr
  is_kept
}

@test "standard streams that are closed are no place for the private log" {
  status=0
  "$NOCLOBBER" -p dist/ --no-verify --format json --report-file r sh -c 'mv new dist/a; true' <&- >&- 2>&- || status=$?
  [ "$status" = 17 ]
  python3 -c 'import json; r = json.load(open("r")); assert r["counts"]["refused"] == 1 and r["counts"]["damaged"] == 0, r'
}

@test "a reader that has gone costs no status" {
  "$NOCLOBBER" -p dist/ sh -c 'mv new dist/a 2>/dev/null; exec 2>&-; sleep 0.2; true' 2> >(exec true) || status=$?
  [ "$status" = 17 ]
}

# ---- what the command sees ---------------------------------------------------------------------

@test "options end at the command" {
  exits 0 -P echo --quiet -p x
  [ "$(cat stdout)" = '--quiet -p x' ]
  exits 0 -P -- echo -- x
  [ "$(cat stdout)" = '-- x' ]
}

@test "the library comes first, other preloads stay, and it is there once" {
  exits 0 -P env
  grep -qx "LD_PRELOAD=$SHIM" stdout
  cp "$SHIM" ./libother.so
  LD_PRELOAD="$PWD/libother.so $SHIM" exits 0 -P env
  grep -qx "LD_PRELOAD=$SHIM:$PWD/libother.so" stdout
}

@test "variables are replaced, added to, and none of the command's own are left" {
  NOCLOBBER_PROTECT=a NOCLOBBER_ALLOW_IF=same NOCLOBBER_LIBRARY=$SHIM exits 0 -p dist/ --allow-if empty env
  grep '^NOCLOBBER_' stdout | grep -v '^NOCLOBBER_REPORT=' | sort >seen
  printf '%s\n' NOCLOBBER_ALLOW_IF=same,empty "NOCLOBBER_PROTECT=a:$PWD/dist/" | diff - seen
}

@test "the private log may be written by any user, and is found by none" {
  exits 0 -P sh -c 'stat -c %a "$NOCLOBBER_REPORT" "${NOCLOBBER_REPORT%/*}"'
  [ "$(xargs <stdout)" = '666 711' ]
}

@test "one inside another: both know of a refusal, and the outer one's policy holds" {
  exits 17 -P sh -c '"$NOCLOBBER" -p other/ mv new dist/a; true'
  is_kept
  exits 17 -p dist/ sh -c '"$NOCLOBBER" -p other/ mv new dist/a; true'
  is_kept
}

@test "whenever a signal comes, nothing is left behind and the command is not waited for in vain" {
  need python3
  cat >signals.py <<'END'
import os, random, signal, subprocess, sys, time
random.seed(1)
for number in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1] * 20:
    run = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
    time.sleep(random.random() * 0.008)
    run.send_signal(number)
    status = run.wait(60)
    assert status in (0, -number, 128 + number), status
    assert os.listdir("tmp") == [], (number, status)
END
  python3 signals.py "$NOCLOBBER" -P --no-verify -- true
}

@test "killed by a signal, it takes the command and the private log along" {
  mkfifo ready
  "$NOCLOBBER" -P sh -c 'echo "$NOCLOBBER_REPORT" >ready; exec sleep 60' 2>stderr &
  pid=$!
  read -r -t 20 report <>ready
  [ -e "$report" ]
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  [ $status = 143 ]
  [ ! -e "$report" ]
}

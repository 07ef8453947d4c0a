#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What noclobber says at the end of a run, in each format: each refused destination once, whatever its name; what a machine
# reads is whole.

load ../common


# A caller inside a CI must not change what the cases see.
unset GITHUB_STEP_SUMMARY GITHUB_WORKSPACE CI_PROJECT_DIR

# wrapped [OPTION…] -- COMMAND…: everything protected; status in $status, what was said on stderr in the file `said`.
wrapped() {
  status=0
  "$NOCLOBBER" --protect-all --no-verify "$@" 2>said || status=$?
  cat said
}

# lacks GREP-ARGUMENT…: no line matches.
lacks() {
  if grep "$@"; then return 1; fi
}

# Names that mean harm, a destination and a source for each: NUL-separated in ./names.
hostile_names() {
  printf '%s\0' 'two words' $'new\nline' 'qu"ote' "apos'trophe" $'bytes\xff\xfe' 'st*r?[a-b]' 'co:lon,comma' 'back\slash' \
    'pi|pe`tick' '%0A::error::x' $'escape\e[31m' '-rf' '<b>&amp;' $'u2028\xe2\x80\xa8' >names
  while IFS= read -r -d '' name; do
    : >"$name"
  done <names
}

# replace_all: a program that renames onto each name of ./names, and minds no error.
replace_all() {
  cat >replace.py <<'END'
import os
for name in open("names", "rb").read().split(b"\0")[:-1]:
    open("source", "w").close()
    try:
        os.rename("source", name)
    except OSError:
        pass
END
}

# holds_names FILE EXPRESSION: the expression over the JSON `report` gives exactly the names of ./names, in order.
holds_names() {
  python3 -c '
import json, os, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
wanted = [os.path.join(os.getcwdb(), n) for n in open("names", "rb").read().split(b"\0")[:-1]]
got = [n.encode("utf-8", "surrogateescape") for n in eval(sys.argv[2])]
assert got == wanted, (got, wanted)
' "$1" "$2"
}

# ---- text --------------------------------------------------------------------------------------

@test "a run in which nothing happened is silent" {
  wrapped -- touch new
  [ "$status" -eq 0 ]
  [ ! -s said ]
}

@test "text: the destination, program, source and rule of a refusal, once" {
  touch new old
  wrapped -- bash -c 'mv new old; mv new old; true'
  [ "$status" -eq 17 ]
  grep -qxF 'noclobber: refused 2 renames onto 1 destination' said
  grep -qF "  \"$PWD/old\" by \"" said
  grep -qF "from \"$PWD/new\" (default, 2 times)" said
  [ "$(grep -c '^noclobber:' said)" -eq 2 ]
}

@test "text: --quiet leaves it out and keeps the status" {
  touch new old
  wrapped --quiet -- bash -c 'mv new old 2>/dev/null; true'
  [ "$status" -eq 17 ]
  [ ! -s said ]
}

@test "text: exceptions used are told" {
  touch new old
  wrapped --allow old -- mv new old
  [ "$status" -eq 0 ]
  grep -qF 'allowed by exceptions: 1 rename onto 1 destination' said
}

@test "text: no name brings a control character or a line of its own to the terminal" {
  hostile_names
  replace_all
  wrapped -- python3 replace.py
  [ "$status" -eq 17 ]
  [ "$(grep -c '^noclobber:' said)" -eq "$(wc -l <said)" ]
  [ "$(wc -l <said)" -eq 15 ]
  lacks -qP '[\x00-\x09\x0b-\x1f\x7f]' said
  iconv -f UTF-8 -t UTF-8 said >/dev/null
}

@test "text: colour only on a terminal, and not with NO_COLOR or TERM=dumb" {
  need script
  touch new old
  on_terminal() {
    script -qec "$* '$NOCLOBBER' --protect-all --no-verify -- sh -c 'mv new old 2>/dev/null'" /dev/null </dev/null || true
  }
  TERM=xterm on_terminal env -u NO_COLOR >said
  grep -qF $'\e[1;31mrefused' said
  TERM=xterm on_terminal env NO_COLOR=1 >said
  lacks -qF $'\e' said
  TERM=dumb on_terminal env -u NO_COLOR >said
  lacks -qF $'\e' said
  grep -qF 'refused 1 rename' said
}

# ---- many --------------------------------------------------------------------------------------

@test "10,000 refusals: fifty are listed, all are counted" {
  cat >many.py <<'END'
import os
open("source", "w").close()
for i in range(10000):
    open(f"d{i}", "w").close()
    try:
        os.rename("source", f"d{i}")
    except FileExistsError:
        pass
END
  wrapped --format json --report-file report.json -- python3 many.py
  [ "$status" -eq 17 ]
  python3 -c '
import json
r = json.load(open("report.json"))
assert r["counts"]["refused"] == 10000, r["counts"]
assert sorted(int(d["destination"].rsplit("/d", 1)[1]) for d in r["refused"]) == list(range(10000))
'
  rm d*
  wrapped -- python3 many.py
  grep -qF 'refused 10000 renames onto 10000 destinations' said
  grep -qxF 'noclobber:   and 9950 more' said
  [ "$(wc -l <said)" -eq 52 ]
}

# ---- JSON --------------------------------------------------------------------------------------

# What Node, or anybody who shares the pipe, may have set O_NONBLOCK on, and who reads slowly.
@test "a report of more than a pipe holds is whole, by a pipe that does not block" {
  need python3
  cat >slow.py <<'END'
import fcntl, json, os, subprocess, sys
out, into = os.pipe()
fcntl.fcntl(into, fcntl.F_SETFL, os.O_NONBLOCK)
run = subprocess.Popen(sys.argv[1:], stderr=into)
os.close(into)
said = b""
while part := os.read(out, 997):
    said += part
status = run.wait()
assert status == 17, status
assert len(said) > 300000, len(said)
assert len(json.loads(said)["refused"]) == 1500
END
  cat >many.py <<'END'
import os
for i in range(1500):
    name = f"dist/{i:0200}"
    for path in name, "new":
        open(path, "w").close()
    try:
        os.rename("new", name)
    except FileExistsError:
        pass
END
  mkdir -p dist
  python3 slow.py "$NOCLOBBER" -P --no-verify --format json -- python3 many.py
}

@test "a report that can't be written whole is an error: a full device, a reader that is gone" {
  need python3
  for format in json github text; do
    status=0
    "$NOCLOBBER" -P --allow-if empty --format $format -- sh -c ': >x; : >y; mv x y' 2>/dev/full || status=$?
    [ "$status" = 125 ] || { echo "$format: $status" && false; }
  done
  status=0
  "$NOCLOBBER" -P --format json -- true 2>&- || status=$?
  [ "$status" = 125 ]
  status=0 # a person who has closed it, or stopped reading, wants none
  "$NOCLOBBER" -P --allow-if empty -- sh -c ': >x; : >y; mv x y' 2>&- || status=$?
  [ "$status" = 0 ]
}

@test "noclobber does not itself write over what it protects" {
  mkdir -p dist
  echo published >dist/app
  ln -s dist/app link
  for options in '--format json --report-file dist/app' '--format gitlab --report-file ./dist/../dist/app' \
    '--format json --report-file link' '--log dist/app' '--log link'; do
    status=0
    # shellcheck disable=SC2086
    "$NOCLOBBER" -p dist/ $options -- touch ran 2>said || status=$?
    [ "$status" = 125 ] && [ ! -e ran ] || { echo "$options: $status" && false; }
    grep -q 'is protected' said
    [ "$(cat dist/app)" = published ]
  done
  # What the run itself has published is not written over either.
  status=0
  "$NOCLOBBER" -p dist/ --format json --report-file dist/new -- sh -c 'echo built >dist/new' 2>said || status=$?
  [ "$status" = 125 ]
  [ "$(cat dist/new)" = built ]
  # A new name, a log of before, and a report where everything is guarded and nothing by name, may be written.
  "$NOCLOBBER" -p dist/ --format json --report-file dist/report -- true
  "$NOCLOBBER" -p dist/ --log dist/log -i same -- sh -c 'cp -p dist/app s; mv s dist/app'
  "$NOCLOBBER" -p dist/ --log dist/log -i same -- sh -c 'cp -p dist/app s; mv s dist/app'
  [ "$(wc -l <dist/log)" = 2 ]
  "$NOCLOBBER" -P --format json --report-file report -- true
  "$NOCLOBBER" -P --format json --report-file report -- true
}

@test "a log that nobody can make is told before anything starts, and a check leaves nothing" {
  for log in /proc/x /sys/x /dev/fd/x none/x /etc/passwd/x .; do
    status=0
    "$NOCLOBBER" -P --log "$log" -- touch ran 2>said || status=$?
    [ "$status" = 125 ] && [ ! -e ran ] || { echo "$log: $status" && false; }
    grep -q "can't be written" said
  done
  "$NOCLOBBER" -P --no-verify --log new.log -- true
  [ ! -e new.log ]
}

@test "a log or report may be a pipe, a device, or a link to what is not there yet" {
  need_root
  touch old new
  mkfifo pipe
  ln -s later link
  "$NOCLOBBER" -P --no-verify --log /dev/null -- true
  "$NOCLOBBER" -P --no-verify --log pipe -- true
  "$NOCLOBBER" -q -P --no-verify --refused-status 0 --log link -- sh -c 'mv new old; true' 2>/dev/null
  [ "$(wc -l <later)" = 1 ]
  "$NOCLOBBER" -P --format json --report-file /dev/null -- true
  status=0
  "$NOCLOBBER" -P --format json --report-file /dev/full -- true || status=$?
  [ "$status" = 125 ]
  chmod 755 .
  touch roots
  chmod 644 roots
  chmod 777 .
  for log in "$PWD/roots" /dev/mem; do
    status=0
    setpriv --reuid 65534 --clear-groups "$NOCLOBBER" -P --no-verify --log "$log" -- true 2>said || status=$?
    [ "$status" = 125 ]
    grep -q "can't be written: Permission denied" said
  done
}

@test "a copy after a refusal is told as one, and with it what would end it" {
  need python3
  mkdir -p dist
  echo published >dist/app
  echo newer >new
  status=0
  "$NOCLOBBER" -p dist/ -- python3 -c 'import shutil; shutil.move("new", "dist/app")' 2>said || status=$?
  [ "$status" = 17 ]
  grep -q '\(changed\|truncated\) ".*dist/app", after a rename onto it was refused' said
  grep -q -- '--exit-on-refusal' said
  if grep 'static and Go' said; then false; fi
  echo newest >new
  "$NOCLOBBER" -p dist/ --exit-on-refusal -- python3 -c 'import shutil; shutil.move("new", "dist/app")' 2>said || status=$?
  [ "$(cat dist/app)" = newer ]
  if grep -- '--exit-on-refusal' said; then false; fi
}

@test "JSON: one object on stderr, from which every name comes back exactly" {
  hostile_names
  replace_all
  wrapped --format json -- python3 replace.py
  [ "$status" -eq 17 ]
  [ "$(wc -l <said)" -eq 1 ]
  holds_names said '[d["destination"] for d in report["refused"]]'
  python3 -c '
import json
r = json.load(open("said"))
assert r["status"] == 17 and r["command_status"] == 0, r
assert r["command"] == ["python3", "replace.py"], r
'
}

@test "JSON: written when nothing happened, too" {
  wrapped --format json --report-file report.json -- true
  [ ! -s said ]
  python3 -c 'import json; assert json.load(open("report.json"))["refused"] == []'
}

@test "JSON: a report that can't be written is an error" {
  wrapped --format json --report-file /nowhere/report.json -- true
  [ "$status" -eq 125 ]
  [ -s said ]
}

# ---- GitHub ------------------------------------------------------------------------------------

@test "GitHub: one annotation a destination, and a table in the summary" {
  hostile_names
  replace_all
  echo 'what an earlier step said' >summary.md
  GITHUB_STEP_SUMMARY=$PWD/summary.md GITHUB_WORKSPACE=$PWD wrapped --format github -- python3 replace.py
  [ "$status" -eq 17 ]
  [ "$(grep -c '^::error title=noclobber%3A overwrite refused,file=' said)" -eq 14 ]
  [ "$(grep -c '^::' said)" -eq 14 ]
  grep -qF ',file=new%0Aline::new%0Aline by ' said
  grep -qF ',file=co%3Alon%2Ccomma::co:lon,comma by ' said
  grep -qF ',file=%250A%3A%3Aerror%3A%3Ax::%250A::error::x by ' said
  [ "$(head -n 1 summary.md)" = 'what an earlier step said' ]
  [ "$(grep -c '^| refused |' summary.md)" -eq 14 ]
  # Seven bars a row: no name has added a cell.
  [ "$(grep '^|' summary.md | tr -cd '|\n' | sort -u)" = '|||||||' ]
}

# ---- GitLab ------------------------------------------------------------------------------------

@test "GitLab: a code-quality report, its fingerprints unique and the same in the next run" {
  hostile_names
  replace_all
  CI_PROJECT_DIR=$PWD wrapped --format gitlab --quiet -- python3 replace.py
  [ "$status" -eq 17 ]
  cp gl-code-quality-report.json first.json
  CI_PROJECT_DIR=$PWD wrapped --format gitlab --quiet --report-file second.json -- python3 replace.py
  cmp first.json second.json
  python3 -c '
import json
r = json.load(open("first.json", encoding="utf-8"))
assert len(r) == 14 and len({f["fingerprint"] for f in r}) == 14, r
for f in r:
    assert set(f) == {"description", "check_name", "fingerprint", "severity", "location"}, f
    assert f["severity"] in ("info", "minor", "major", "critical", "blocker"), f
    assert f["location"]["lines"]["begin"] == 1 and not f["location"]["path"].startswith("/"), f
    f["description"].encode("utf-8") # whole characters alone: Ruby reads it
'
}

@test "GitLab: nothing found is an empty array" {
  wrapped --format gitlab -- true
  [ "$(cat gl-code-quality-report.json)" = '[]' ]
}

@test "a log that is not there yet is neither made nor removed beforehand: another noclobber may be writing to it" {
  need strace
  # The file of calls grows while it is looked at, which must come to an end all the same.
  run timeout 300 strace -f -o calls "$NOCLOBBER" --protect-all --log "$PWD/log.new" -- true
  [ "$status" -eq 17 ]
  [ ! -e log.new ]
  run grep -E 'log\.new' calls
  run grep -E 'O_CREAT|unlink' <<<"$output"
  [ "$status" -eq 1 ]
}

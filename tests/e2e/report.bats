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
  grep -qF 'let through by exceptions: 1 rename onto 1 destination' said
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

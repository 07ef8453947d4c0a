#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Events: what the log says, for whoever reads it later, and that nothing which can be wrong with a log changes a verdict.

load ../common

# refuse [NAME=VALUE…]: a refused rename of ./new onto ./old, which must be seen as such by the program.
refuse() {
  [ -e new ] || echo new >new
  [ -e old ] || echo old >old
  shim "$@" "$PROGRAMS/call" EEXIST rename new old
  [ "$(cat old)" = old ]
}

# event EXPRESSION: the same as `events`, for a log of exactly one event.
event() {
  [ "$(wc -l <"$LOG")" -eq 1 ] || return 1
  events "$1"
}

# ---- what a line holds ----

@test "an event has these fields, of these types, in one line" {
  refuse
  [ "$(event '",".join(f"{k}:{type(v).__name__}" for k, v in e.items())')" = \
    "time:float,verdict:str,rule:str,call:str,source:str,destination:str,pid:int,program:str" ]
  [ "$(tail -c 1 "$LOG" | od -An -tx1)" = " 0a" ]
}

@test "the time is Unix time with nanoseconds, the process and program are those that called" {
  local before after
  before=$(date +%s)
  refuse
  after=$(date +%s)
  [[ $(cat "$LOG") =~ ^\{\"time\":([0-9]+)\.[0-9]{9}, ]]
  [ "$before" -le "${BASH_REMATCH[1]}" ] && [ "${BASH_REMATCH[1]}" -le "$after" ]
  [ "$(event 'e["program"]')" = "$(realpath "$PROGRAMS/call")" ]
  rm "$LOG"
  # shellcheck disable=SC2016
  shim sh -c 'echo $$ >pid; exec "$0" EEXIST rename new old' "$PROGRAMS/call"
  [ "$(event 'e["pid"]')" = "$(cat pid)" ]
}

@test "the call is the one that the program made" {
  library_only 'the tracer knows the call that libc made of it'
  local name
  echo new >new
  for name in rename renameat renameat2 syscall:rename syscall:renameat syscall:renameat2; do
    echo old >"$name"
    shim "$PROGRAMS/call" EEXIST "$name" new "$name"
  done
  [ "$(events 'e["call"]' | tr '\n' ' ')" = "rename renameat renameat2 rename renameat renameat2 " ]
}

@test "the rule is the one that decided" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  refuse
  refuse NOCLOBBER_PROTECT='*.deb:*/old' NOCLOBBER_ALLOW=other
  refuse NOCLOBBER_PROTECT='*/old' NOCLOBBER_ALLOW_IF=same,symlink,empty
  refuse NOCLOBBER_MODE=typo 2>/dev/null
  [ "$(events 'e["rule"]' | tr '\n' ' ')" = "default protect:*/old protect:*/old policy-error " ]
  [ "$(events 'e["verdict"]' | sort -u)" = refused ]
}

@test "an exception's rule says which" {
  local i
  for i in 1 2; do
    echo same >"same.$i"
    ln -s "$i" "link.$i"
  done
  : >empty
  echo new >new
  mkdir into emptied
  echo old >allowed
  shim NOCLOBBER_ALLOW='*/allowed' NOCLOBBER_ALLOW_IF=same,symlink,empty "$PROGRAMS/call" 0 rename same.1 same.2 \
    0 rename link.1 link.2 0 rename new empty 0 rename into emptied 0 rename empty allowed
  [ "$(events 'e["rule"]' | tr '\n' ' ')" = \
    "allow_if:same allow_if:symlink allow_if:empty allow_if:empty allow:*/allowed " ]
  [ "$(events 'e["verdict"]' | sort -u)" = allowed ]
}

@test "what audit mode lets through is audited, what was no overwrite is not on record" {
  echo new >new
  echo old >old
  mkdir directory
  shim NOCLOBBER_MODE=audit "$PROGRAMS/call" 0 rename new vacant EISDIR rename vacant directory 0 rename vacant vacant \
    ENOENT rename missing old ENOTDIR rename vacant old/ 0 rename vacant old
  [ "$(event '(e["verdict"], e["rule"])')" = "('audited', 'default')" ]
  [ "$(cat old)" = new ]
}

@test "outside PROTECT nothing is on record" {
  echo new >new
  echo old >old
  shim NOCLOBBER_PROTECT=/nowhere/ "$PROGRAMS/call" 0 rename new old
  [ ! -e "$LOG" ]
}

@test "a refusal for want of any exclusive rename says fallback" {
  need strace
  echo new >new
  echo old >old
  strace -qq -o /dev/null -e inject=renameat2:error=ENOSYS -E LD_PRELOAD="$SHIM" -E NOCLOBBER_LOG="$LOG" \
    -E NOCLOBBER_FALLBACK=refuse "$PROGRAMS/call" EOPNOTSUPP rename new vacant EEXIST rename new old
  [ "$(events 'e["rule"]' | tr '\n' ' ')" = "fallback default " ]
  [ -e new ] && [ "$(cat old)" = old ]
}

# ---- paths ----

@test "paths are absolute, with symbolic links in the parent resolved and the last component as given" {
  local here
  here=$(pwd -P)
  mkdir real
  ln -s real via
  echo new >new
  echo old >real/old
  ln -s nowhere real/link
  shim "$PROGRAMS/call" EEXIST rename new via/old EEXIST rename ./via/../new ./real//link
  shim env -C real "$PROGRAMS/call" EEXIST rename ../new ./old
  [ "$(events 'e["source"]' | sort -u)" = "$here/new" ]
  [ "$(events 'e["destination"]' | tr '\n' ' ')" = "$here/real/old $here/real/link $here/real/old " ]
}

@test "paths below a directory descriptor are absolute" {
  local here
  here=$(pwd -P)
  mkdir from to to/sub
  ln -s to link
  echo new >from/new
  echo old >to/old
  echo old >to/sub/old
  shim python3 - <<'END'
import os
source, destination = os.open("from", os.O_RDONLY), os.open("link", os.O_PATH)
for name in "old", "sub/../sub/old":
    try:
        os.rename("new", name, src_dir_fd=source, dst_dir_fd=destination)
    except FileExistsError:
        pass
END
  [ "$(events 'e["source"]' | sort -u)" = "$here/from/new" ]
  [ "$(events 'e["destination"]' | tr '\n' ' ')" = "$here/to/old $here/to/sub/old " ]
}

@test "every byte of a name can be had back, and none forges a record" {
  shim python3 - <<'END'
import os
names = [b"blank  blank", b"line\nline", b'quote"', b"back\\slash", b"not \xff\xfe utf-8", b"cut \xe2\x82", b"tab\t\x01\x7f",
         "separator \u2028\u2029\u0085".encode(), "\u00e9\u4e2d\U0001f600".encode(), b"over\xc0\xafong", b"sur\xed\xa0\x80rogate",
         b'","verdict":"allowed","x":"', b'\n{"time":1.0,"verdict":"allowed"}\n', b"\\u0041", b"x" * 255, bytes(range(1, 47)),
         bytes(range(48, 128)), bytes(range(128, 256))]
open("new", "w").close()
for name in names:
    open(name, "w").close()
    try:
        os.rename("new", name)
        raise SystemExit("not refused")
    except FileExistsError:
        pass
END
  python3 - "$LOG" <<'END'
import json, os, sys
data = open(sys.argv[1], "rb").read()
lines = data.decode("utf-8").splitlines()  # splits at U+2028 and U+0085 too
events = [json.loads(line) for line in lines]
seen = {os.path.basename(e["destination"].encode("utf-8", "surrogateescape")) for e in events}
there = set(os.listdir(b".")) - {b"new", b"log.jsonl"}
assert len(events) == 18 and seen == there, (seen ^ there)
assert all(e["verdict"] == "refused" for e in events)
END
}

@test "paths as long as the kernel takes them are whole" {
  shim python3 - <<'END'
import os
part = ("d" * 200 + "/")
start = os.getcwd()
while len(os.getcwd()) + 255 + 201 < 4000:
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
name = "\x01" * 255  # six bytes each in the event
open(name, "w").close()
open("new", "w").close()
for source, destination in ("new", name), (os.getcwd() + "/new", os.getcwd() + "/" + name):
    try:
        os.rename(source, destination)
        raise SystemExit("not refused")
    except FileExistsError:
        pass
open(start + "/expected", "w").write(os.getcwd() + "/" + name)
END
  [ "$(events 'e["destination"] == open("expected").read()' | sort | uniq -c | tr -s ' ')" = " 2 True" ]
}

@test "a path beyond PATH_MAX is refused, and on record as the program wrote it" {
  shim NOCLOBBER_PROTECT=/nowhere/ python3 - <<'END'
import os
for i in range(30):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
for name in "new", "old":
    open(name, "w").close()
try:
    os.rename("new", "old")
    raise SystemExit("not refused")
except FileExistsError:
    pass
END
  [ "$(event '(e["rule"], e["destination"])')" = "('undecided', 'old')" ]
  rm -r ddd*
}

# ---- where it goes ----

@test "a report gets every event too, with and without a log, and is never made" {
  echo new >new
  echo old >old
  touch report
  shim NOCLOBBER_REPORT="$PWD/report" "$PROGRAMS/call" EEXIST rename new old
  cmp report "$LOG"
  [ "$(wc -l <report)" -eq 1 ]
  env LD_PRELOAD="$SHIM" NOCLOBBER_REPORT="$PWD/report" "$PROGRAMS/call" EEXIST rename new old
  [ "$(wc -l <report)" -eq 2 ]
  rm report
  env LD_PRELOAD="$SHIM" NOCLOBBER_REPORT="$PWD/report" "$PROGRAMS/call" EEXIST rename new old
  [ ! -e report ]
}

@test "LOG=- is standard error" {
  echo new >new
  echo old >old
  env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=- "$PROGRAMS/call" EEXIST rename new old 2>"$LOG"
  [ "$(event 'e["verdict"]')" = refused ]
}

@test "without LOG nothing is written anywhere" {
  echo new >new
  echo old >old
  run env LD_PRELOAD="$SHIM" "$PROGRAMS/call" EEXIST rename new old
  [ "$status" -eq 0 ] && [ -z "$output" ]
  [ "$(find . -type f | sort | tr '\n' ' ')" = "./new ./old " ]
}

@test "a log is appended to, and not by truncating" {
  echo '{"verdict":"refused"}' >"$LOG"
  refuse
  [ "$(refusals)" -eq 2 ]
}

@test "a log that is gone is made again" {
  refuse
  rm "$LOG"
  refuse
  [ "$(refusals)" -eq 1 ]
}

@test "concurrent processes write whole lines" {
  local i
  for i in 1 2 3 4 5 6 7 8; do
    shim python3 -c '
import os, sys
open(sys.argv[1], "w").close()
for i in range(200):
    name = sys.argv[1] + "x" * (i % 150) + str(i)
    open(name, "w").close()
    try:
        os.rename(sys.argv[1], name)
        os._exit(1)
    except FileExistsError:
        pass
' "$i" &
  done
  wait
  [ "$(refusals)" -eq 1600 ]
  [ "$(events 'e["destination"]' | sort -u | wc -l)" -eq 1600 ]
}

@test "a log of another user in a sticky folder is written where its permissions say so (fs.protected_regular)" {
  need_root
  mkdir -m 1777 sticky
  touch sticky/log
  chmod 666 sticky/log
  chown 65534:65534 sticky/log
  refuse NOCLOBBER_LOG="$PWD/sticky/log"
  [ -s sticky/log ]
}

# ---- where it cannot go ----

@test "a log in a directory that is missing changes no verdict" {
  library_only 'noclobber starts nothing when its log cannot be written'
  refuse NOCLOBBER_LOG=/nowhere/at/all
}

@test "a log that is a directory changes no verdict" {
  library_only 'noclobber starts nothing when its log cannot be written'
  refuse NOCLOBBER_LOG="$PWD"
}

@test "a log on a full device changes no verdict" {
  refuse NOCLOBBER_LOG=/dev/full
  refuse NOCLOBBER_LOG=- 2>/dev/full
}

@test "a log that this user may not write changes no verdict" {
  library_only 'the tracer writes it with its own rights'
  need_root
  need setpriv
  touch "$LOG"
  chmod 600 "$LOG"
  mkdir theirs
  echo new >theirs/new
  echo old >theirs/old
  chown -R 65534:65534 theirs
  chmod o+x . "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
  cp "$SHIM" "$PROGRAMS/call" theirs
  run shim LD_PRELOAD="$PWD/theirs/libnoclobber.so" \
    setpriv --reuid=65534 --regid=65534 --clear-groups theirs/call EEXIST rename theirs/new theirs/old
  [ "$status" -eq 0 ]
  [ ! -s "$LOG" ]
}

@test "a log that is a FIFO which nobody reads changes no verdict, and hangs nobody" {
  mkfifo fifo
  refuse NOCLOBBER_LOG="$PWD/fifo" timeout 300
}

# into_closed_pipe COMMAND…: runs it with a standard error that nobody reads, prints its status (negative: a signal).
into_closed_pipe() {
  python3 -c '
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
print(subprocess.run(sys.argv[1:], stderr=writer).returncode)
' "$@"
}

@test "a log, a complaint and a last word on a pipe that nobody reads kill nobody (SIGPIPE)" {
  echo new >new
  echo old >old
  [ "$(into_closed_pipe cat nowhere)" -eq -13 ] # what happens to those who write there
  [ "$(into_closed_pipe env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=- "$PROGRAMS/call" EEXIST rename new old)" -eq 0 ]
  [ "$(into_closed_pipe env LD_PRELOAD="$SHIM" NOCLOBBER_MODE=typo "$PROGRAMS/call" 0 rename new vacant)" -eq 0 ]
  [ "$(into_closed_pipe env LD_PRELOAD="$SHIM" NOCLOBBER_ON_REFUSAL=exit "$PROGRAMS/call" 0 rename vacant old)" -eq 17 ]
}

@test "the program sees nothing of a signal that the log raised" {
  shim NOCLOBBER_LOG=- "$PROGRAMS/own_signals"
}

@test "a log over the limit of file sizes kills nobody (SIGXFSZ)" {
  library_only 'noclobber itself writes, and is under that limit too'
  echo new >new
  echo old >old
  touch "$LOG"
  (ulimit -f 0; shim "$PROGRAMS/call" EEXIST rename new old)
  [ ! -s "$LOG" ]
  run bash -c 'ulimit -f 0; exec env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=- "$0" EEXIST rename new old 2>>"$1"' \
    "$PROGRAMS/call" "$LOG"
  [ "$status" -eq 0 ]
}

@test "data that took the place of standard error is left alone" {
  echo new >new
  echo old >old
  # shellcheck disable=SC2016 # it is Perl's
  env LD_PRELOAD="$SHIM" NOCLOBBER_LOG=- perl -e '
    close STDERR; open(my $data, ">", "data") or exit 9; fileno($data) == 2 or exit 8;
    syswrite $data, "precious\n"; rename("new", "old") and exit 7; exit 0' 2>&-
  [ "$(cat data)" = precious ]
  # shellcheck disable=SC2016
  env LD_PRELOAD="$SHIM" NOCLOBBER_ON_REFUSAL=exit perl -e '
    close STDERR; open(my $data, ">", "data") or exit 9; fileno($data) == 2 or exit 8;
    syswrite $data, "precious\n"; rename("new", "old"); exit 0' && status=0 || status=$?
  [ "$status" -eq 17 ]
  [ "$(cat data)" = precious ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Python: what os.rename, os.replace, pathlib and shutil see, the temporary-file writer, and several workers that publish
# one file: exactly one succeeds, with no line of theirs changed.

load ../common


setup_files() {
  need python3
  echo new >new
  echo old >old
}

# raises CALL: CALL raises FileExistsError on both paths under the shim, and no file changes.
raises() {
  run shim python3 -c "import os, pathlib
try:
    $1
except FileExistsError as e:
    print(e.errno, e.filename, e.filename2)"
  echo "status $status: $output"
  [ "$status" -eq 0 ]
  [ "$output" = "17 new old" ]
  [ "$(cat new old)" = $'new\nold' ]
  [ "$(events '(e["verdict"], e["source"], e["destination"])')" = "('refused', '$PWD/new', '$PWD/old')" ]
}

@test "os.rename onto a file raises FileExistsError with both names" {
  setup_files
  raises 'os.rename("new", "old")'
}

@test "os.replace onto a file raises FileExistsError with both names" {
  setup_files
  raises 'os.replace("new", "old")'
}

@test "pathlib's rename and replace raise FileExistsError" {
  setup_files
  raises 'pathlib.Path("new").rename("old")'
  rm "$LOG"
  raises 'pathlib.Path("new").replace("old")'
}

@test "os.rename with directory descriptors is guarded by the directory that they mean" {
  setup_files
  mkdir d
  echo old >d/x
  run shim NOCLOBBER_PROTECT=d/ python3 -c '
import os
d = os.open("d", os.O_RDONLY)
os.rename("new", "y", dst_dir_fd=d)
os.rename("old", "x", dst_dir_fd=d)'
  [ "$status" -ne 0 ]
  [ "$(tail -n 1 <<<"$output")" = "FileExistsError: [Errno 17] File exists: 'old' -> 'x'" ]
  [ "$(cat d/x d/y)" = $'old\nnew' ]
  [ "$(events 'e["destination"]')" = "$PWD/d/x" ]
}

@test "os.replace of a file onto itself stays the nothing that it was" {
  setup_files
  shim python3 -c 'import os; os.replace("new", "new"); os.replace("new", "./new")'
  [ "$(cat new)" = new ]
  [ ! -e "$LOG" ]
}

@test "a temporary file that replaces its target: the first write works, the second raises and cleans up" {
  need python3
  cat >writer.py <<'END'
import os, sys, tempfile

def write(path, text):
    with tempfile.NamedTemporaryFile("w", dir=".", delete=False) as f:
        f.write(text)
    try:
        os.replace(f.name, path)
    except BaseException:
        os.unlink(f.name)
        raise

write(sys.argv[1], sys.argv[2])
END
  shim python3 writer.py out first
  run shim python3 writer.py out second
  [ "$status" -eq 1 ]
  [[ $output == *FileExistsError* ]]
  [ "$(cat out)" = first ]
  [ "$(ls)" = $'log.jsonl\nout\nwriter.py' ]
  [ "$(refusals)" -eq 1 ]
}

@test "many workers rename to one destination: one succeeds, the others get FileExistsError, for each of 40 files" {
  need python3
  mkdir dist work
  cat >workers.py <<'END'
import multiprocessing, os, sys

WORKERS, FILES = 8, 40

def publish(worker, start):
    won = []
    for n in range(FILES):
        temporary = f"work/{n}.{worker}"
        with open(temporary, "w") as f:
            f.write(f"worker {worker}\n" * 1000)
        start.wait()
        try:
            os.rename(temporary, f"dist/{n}")
            won.append(n)
        except FileExistsError:
            assert os.path.exists(temporary)
    for n in won:
        os.write(1, f"{n} {worker}\n".encode())

if __name__ == "__main__":
    start = multiprocessing.Barrier(WORKERS)
    workers = [multiprocessing.Process(target=publish, args=(w, start)) for w in range(WORKERS)]
    for w in workers: w.start()
    for w in workers: w.join()
    sys.exit(any(w.exitcode for w in workers))
END
  shim NOCLOBBER_PROTECT=dist/ python3 workers.py >winners
  [ "$(cut -d' ' -f1 winners | sort -n)" = "$(seq 0 39)" ] # each file once
  local file worker
  while read -r file worker; do
    [ "$(sort -u "dist/$file")" = "worker $worker" ]
    [ "$(wc -l <"dist/$file")" -eq 1000 ]
    [ ! -e "work/$file.$worker" ]
  done <winners
  [ "$(find work -type f | wc -l)" -eq 280 ]
  [ "$(refusals)" -eq 280 ]
}

@test "threads of one process that rename to one destination: one succeeds, the others get FileExistsError" {
  need python3
  cat >threads.py <<'END'
import os, threading
start, won, lost = threading.Barrier(16), [], []
def publish(n):
    open(f"t{n}", "w").write(str(n))
    start.wait()
    try:
        os.rename(f"t{n}", "target")
        won.append(n)
    except FileExistsError:
        lost.append(n)
threads = [threading.Thread(target=publish, args=(n,)) for n in range(16)]
for t in threads: t.start()
for t in threads: t.join()
assert len(won) == 1 and len(lost) == 15, (won, lost)
assert open("target").read() == str(won[0])
assert all(os.path.exists(f"t{n}") for n in lost)
END
  shim python3 threads.py
  [ "$(refusals)" -eq 15 ]
}

@test "shutil.move copies on any error: refused, and overwritten all the same, as the log shows" {
  setup_files
  run shim python3 -c 'import shutil; shutil.move("new", "old")'
  [ "$status" -eq 0 ]
  [ "$(cat old)" = new ]
  [ "$(refusals)" -eq 1 ]
}

@test "shutil.move is stopped by ON_REFUSAL=exit, status 17, both files stay" {
  setup_files
  run shim NOCLOBBER_ON_REFUSAL=exit python3 -c 'import shutil; shutil.move("new", "old")'
  [ "$status" -eq 17 ]
  [ "$(cat new old)" = $'new\nold' ]
  [ "$(refusals)" -eq 1 ]
}

@test "an import writes and rewrites its .pyc: refused without a word, the module still imports" {
  need python3
  unset PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX
  echo 'value = 1' >module.py
  touch -d '2 days ago' module.py
  [ "$(python3 -c 'import module; print(module.value)')" = 1 ]
  echo 'value = 22' >module.py
  [ "$(shim python3 -c 'import module; print(module.value)')" = 22 ]
  [ "$(refusals)" -ge 1 ]
  [[ $(events 'e["destination"]') == "$PWD/__pycache__/module."*.pyc ]]
}

@test "python -m venv, zipapp and compileall work with dist/ protected" {
  need python3
  python3 -c 'import venv, ensurepip' 2>/dev/null || skip "python3 here has no venv"
  mkdir app
  echo 'print("hello")' >app/__main__.py
  shim NOCLOBBER_PROTECT=dist/ python3 -m venv --without-pip v
  shim NOCLOBBER_PROTECT=dist/ v/bin/python -m compileall -q app
  shim NOCLOBBER_PROTECT=dist/ v/bin/python -m compileall -q -f app
  shim NOCLOBBER_PROTECT=dist/ v/bin/python -m zipapp app -o app.pyz
  [ "$(shim NOCLOBBER_PROTECT=dist/ v/bin/python app.pyz)" = hello ]
  [ ! -e "$LOG" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What it is for: jobs that build into a temporary file and mv it to the published name. Exactly one wins, ever; a retry of
# the same bytes is no collision; a release link flips; a placeholder gives way.

load ../common

setup_dist() {
  mkdir dist work
  # publish.sh CONTENTS TEMPORARY: builds an archive of CONTENTS, the same bytes each time, and publishes it.
  cat >publish.sh <<'END'
#!/bin/sh
set -eu
mkdir -p "work/$1.d"
yes "$1" | head -n 20000 >"work/$1.d/payload" || true
tar -C "work/$1.d" --sort=name --owner=0 --group=0 --mtime=@0 -cf - payload | gzip -n >"$2"
mv "$2" dist/app.tar.gz
END
  chmod +x publish.sh
}

# protected COMMAND…: under the shim, with dist/ here protected.
protected() {
  shim NOCLOBBER_PROTECT="$PWD/dist/" "$@"
}

payload() { # payload ARCHIVE: the one line that its payload repeats
  tar -xOzf "$1" payload | sort -u
}

@test "of 8 concurrent jobs exactly one publishes; the artifact is its bytes, the others keep theirs and fail" {
  setup_dist
  local job round winner code
  for round in 1 2 3 4 5; do
    rm -rf dist work "$LOG" ./status.*
    mkdir dist work
    local jobs=()
    for job in 1 2 3 4 5 6 7 8; do
      {
        code=0
        protected ./publish.sh "job$job" "work/app.$job.tmp" 2>"work/err.$job" || code=$?
        echo $code >"status.$job"
      } 3>&- &
      jobs+=($!)
    done
    wait "${jobs[@]}"
    winner=$(payload dist/app.tar.gz)
    winner=${winner#job}
    for job in 1 2 3 4 5 6 7 8; do
      echo "round $round, winner $winner, job $job: $(cat "status.$job" "work/err.$job")"
      if [ "$job" = "$winner" ]; then
        [ "$(cat "status.$job")" -eq 0 ]
        [ ! -e "work/app.$job.tmp" ]
      else
        [ "$(cat "status.$job")" -ne 0 ]
        [ "$(payload "work/app.$job.tmp")" = "job$job" ]
        grep -q 'File exists' "work/err.$job"
      fi
    done
    [ "$(ls dist)" = app.tar.gz ]
    [ "$(refusals)" -eq 7 ]
    [ "$(events '(e["rule"], e["destination"])' | sort -u)" = "('protect:$PWD/dist/', '$PWD/dist/app.tar.gz')" ]
  done
}

@test "without the shim, the last of two jobs silently wins: what this is about" {
  setup_dist
  ./publish.sh job1 work/1.tmp
  ./publish.sh job2 work/2.tmp
  [ "$(payload dist/app.tar.gz)" = job2 ]
}

@test "a job that is run again with the same bytes is refused, and succeeds with ALLOW_IF=same: the bytes stay" {
  setup_dist
  protected ./publish.sh job1 work/1.tmp
  local before
  before=$(sha256sum dist/app.tar.gz)
  run protected ./publish.sh job1 work/2.tmp
  [ "$status" -ne 0 ]
  protected NOCLOBBER_ALLOW_IF=same ./publish.sh job1 work/3.tmp
  [ "$(sha256sum dist/app.tar.gz)" = "$before" ]
  [ -e work/2.tmp ] && [ ! -e work/3.tmp ]
  [ "$(events '(e["verdict"], e["rule"])')" = \
    "('refused', 'protect:$PWD/dist/')"$'\n'"('allowed', 'allow_if:same')" ]
}

@test "with ALLOW_IF=same different bytes are still refused, though of one length" {
  setup_dist
  echo job1 >work/1.tmp && echo job2 >work/2.tmp
  protected NOCLOBBER_ALLOW_IF=same mv work/1.tmp dist/app
  run protected NOCLOBBER_ALLOW_IF=same mv work/2.tmp dist/app
  [ "$status" -eq 1 ]
  [ "$(cat dist/app work/2.tmp)" = $'job1\njob2' ]
  [ "$(refusals)" -eq 1 ]
}

@test "with ALLOW_IF=same equal bytes of another mode are not the same file" {
  setup_dist
  echo bytes | tee work/1.tmp >dist/app
  chmod 600 work/1.tmp
  chmod 644 dist/app
  run protected NOCLOBBER_ALLOW_IF=same mv work/1.tmp dist/app
  [ "$status" -eq 1 ]
  [ "$(stat -c %a dist/app)" = 644 ]
  [ -e work/1.tmp ]
}

@test "8 concurrent retries of one job with ALLOW_IF=same all succeed" {
  setup_dist
  local job jobs=() failed=0
  for job in 1 2 3 4 5 6 7 8; do
    echo "the same bytes" >"work/$job.tmp"
    protected NOCLOBBER_ALLOW_IF=same mv "work/$job.tmp" dist/app 3>&- &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=$((failed + 1)); done
  [ "$failed" -eq 0 ]
  [ "$(cat dist/app)" = "the same bytes" ]
  [ -z "$(ls work)" ]
  [ "$(events 'e["rule"]' | sort | uniq -c | xargs)" = "7 allow_if:same" ]
}

@test "the release flip, ln -s and mv -T, is refused, and works with ALLOW_IF=symlink" {
  mkdir -p releases/1 releases/2
  ln -s releases/1 current
  ln -s releases/2 current.new
  run shim mv -T current.new current
  [ "$status" -ne 0 ]
  [ "$(readlink current)" = releases/1 ]
  shim NOCLOBBER_ALLOW_IF=symlink mv -T current.new current
  [ "$(readlink current)" = releases/2 ]
  [ ! -L current.new ]
  [ "$(events '(e["verdict"], e["rule"])')" = $'(\'refused\', \'default\')\n(\'allowed\', \'allow_if:symlink\')' ]
}

@test "with ALLOW_IF=symlink a file does not replace a symlink, nor a symlink a file, nor one a directory" {
  mkdir releases directory
  ln -s releases current
  echo precious >file
  echo new >new
  ln -s releases link
  run shim NOCLOBBER_ALLOW_IF=symlink mv -T new current
  [ "$status" -ne 0 ] && [ "$(readlink current)" = releases ]
  run shim NOCLOBBER_ALLOW_IF=symlink mv -T link file
  [ "$status" -ne 0 ] && [ "$(cat file)" = precious ]
  [ "$(refusals)" -eq 2 ]
  run shim NOCLOBBER_ALLOW_IF=symlink mv -T link directory
  [ "$status" -ne 0 ] && [ -d directory ] && [ ! -L directory ]
  [ "$(refusals)" -eq 2 ] # the kernel's own EISDIR
}

@test "an empty placeholder is replaced with ALLOW_IF=empty, a file of one byte is not" {
  setup_dist
  : >dist/app
  echo new >work/new
  run protected mv work/new dist/app
  [ "$status" -ne 0 ]
  protected NOCLOBBER_ALLOW_IF=empty mv work/new dist/app
  [ "$(cat dist/app)" = new ]
  echo newer >work/new
  run protected NOCLOBBER_ALLOW_IF=empty mv work/new dist/app
  [ "$status" -ne 0 ]
  [ "$(cat dist/app work/new)" = $'new\nnewer' ]
  [ "$(events 'e["rule"]' | xargs)" = "protect:$PWD/dist/ allow_if:empty protect:$PWD/dist/" ]
}

@test "a directory is published once; an empty one gives way to it with ALLOW_IF=empty, a full one never" {
  mkdir -p work/site dist/site
  echo 1 >work/site/index
  run protected mv -T work/site dist/site
  [ "$status" -ne 0 ] && [ -e work/site/index ]
  protected NOCLOBBER_ALLOW_IF=empty mv -T work/site dist/site
  mkdir work/site
  echo 2 >work/site/index
  run protected NOCLOBBER_ALLOW_IF=empty mv -T work/site dist/site
  [ "$status" -ne 0 ]
  [ "$(cat dist/site/index work/site/index)" = $'1\n2' ]
}

@test "several exceptions in one list each hold" {
  setup_dist
  echo same | tee work/same >dist/same
  ln -s a dist/link && ln -s b work/link
  : >dist/empty && echo x >work/empty
  protected NOCLOBBER_ALLOW_IF=same,symlink,empty mv -t dist work/same work/link work/empty
  [ "$(cat dist/same dist/empty; readlink dist/link)" = $'same\nx\nb' ]
  [ "$(events 'e["rule"]' | sort | xargs)" = "allow_if:empty allow_if:same allow_if:symlink" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Perl, Ruby, Node and gawk: the rename of each language and its everyday writers.

load ../common

setup_files() {
  echo new >new
  echo old >old
}

# kept: both files are as they were, and the one refusal is in the log.
kept() {
  [ "$(cat new old)" = $'new\nold' ]
  [ "$(events '(e["verdict"], e["source"], e["destination"])')" = "('refused', '$PWD/new', '$PWD/old')" ]
}

# ---- Perl --------------------------------------------------------------------------------------

@test "perl's rename returns false with EEXIST in \$!" {
  need perl
  setup_files
  # shellcheck disable=SC2016
  run shim perl -MErrno=EEXIST -e 'exit 1 if rename "new", "old"; exit 2 unless $!{EEXIST}; print "$!"'
  [ "$status" -eq 0 ]
  [ "$output" = "File exists" ]
  kept
}

@test "perl's rename to a free name is true and leaves errno alone" {
  need perl
  setup_files
  # shellcheck disable=SC2016
  shim perl -e '$! = 0; rename "new", "free" or exit 1; exit $!+0'
  [ "$(cat free)" = new ]
  [ ! -e "$LOG" ]
}

@test "perl's File::Copy::move copies on any error: refused, and overwritten all the same, as the log shows" {
  need perl
  setup_files
  run shim perl -MFile::Copy -e 'move("new", "old") or exit 1'
  [ "$status" -eq 0 ]
  [ "$(cat old)" = new ]
  [ "$(refusals)" -ge 1 ]
}

@test "perl's File::Copy::move is stopped by ON_REFUSAL=exit, status 17, both files stay" {
  need perl
  setup_files
  run shim NOCLOBBER_ON_REFUSAL=exit perl -MFile::Copy -e 'move("new", "old") or exit 1'
  [ "$status" -eq 17 ]
  kept
}

@test "perl's File::Temp and a rename from it: the first write works, the second is refused, without a leftover" {
  need perl
  # shellcheck disable=SC2016
  local code='my $f = File::Temp->new(DIR => "."); print $f $ARGV[0]; close $f; rename $f->filename, "out" or die "$!\n"'
  shim perl -MFile::Temp -e "$code" first
  run shim perl -MFile::Temp -e "$code" second
  [ "$status" -ne 0 ]
  [ "$output" = "File exists" ]
  [ "$(cat out)" = first ]
  [ "$(ls)" = $'log.jsonl\nout' ]
}

# ---- Ruby --------------------------------------------------------------------------------------

@test "ruby's File.rename raises Errno::EEXIST" {
  need ruby
  setup_files
  run shim ruby -e 'begin; File.rename("new", "old"); rescue Errno::EEXIST => e; puts "refused"; end'
  [ "$status" -eq 0 ]
  [ "$output" = refused ]
  kept
}

@test "ruby's FileUtils.mv raises, with force: true it is silent: in both nothing is overwritten" {
  need ruby
  setup_files
  run shim ruby -rfileutils -e 'FileUtils.mv("new", "old")'
  [ "$status" -ne 0 ]
  [[ $output == *EEXIST* ]]
  [ "$(cat new old)" = $'new\nold' ]
  rm "$LOG"
  run shim ruby -rfileutils -e 'FileUtils.mv("new", "old", force: true)'
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  kept
}

# ---- Node --------------------------------------------------------------------------------------

@test "node's fs.renameSync throws EEXIST with both paths" {
  need node
  setup_files
  run shim node -e '
    try { require("fs").renameSync("new", "old") }
    catch (e) { console.log(e.code, e.syscall, e.path, e.dest) }'
  [ "$status" -eq 0 ]
  [ "$output" = "EEXIST rename new old" ]
  kept
}

@test "node's fs.promises.rename and fs.rename, from its thread pool, fail with EEXIST" {
  need node
  setup_files
  run shim node -e '
    const fs = require("fs");
    fs.promises.rename("new", "old").catch(e => fs.rename("new", "old", f => console.log(e.code, f.code)))'
  [ "$status" -eq 0 ]
  [ "$output" = "EEXIST EEXIST" ]
  [ "$(cat new old)" = $'new\nold' ]
  [ "$(refusals)" -ge 1 ]
}

@test "node: of 20 concurrent renames to one destination one is fulfilled, 19 are rejected" {
  need node
  run shim node -e '
    const fs = require("fs");
    const names = [...Array(20).keys()].map(n => "t" + n);
    for (const name of names) fs.writeFileSync(name, name);
    Promise.allSettled(names.map(name => fs.promises.rename(name, "target"))).then(results => {
      const winner = names.filter((_, n) => results[n].status === "fulfilled");
      console.log(winner.length, fs.readFileSync("target", "utf8") === winner[0],
        results.filter(r => r.status === "rejected" && r.reason.code === "EEXIST").length,
        fs.readdirSync(".").filter(name => /^t\d/.test(name)).length);
    })'
  [ "$status" -eq 0 ]
  [ "$output" = "1 true 19 19" ]
  [ "$(refusals)" -eq 19 ]
}

@test "node: the writer that syncs a temporary file and renames it works once and then rejects, without a leftover" {
  need node
  cat >writer.js <<'END'
const fs = require("fs/promises");
async function write(path, data) {
  const temporary = path + "." + process.pid;
  const file = await fs.open(temporary, "w");
  try {
    await file.writeFile(data);
    await file.sync();
    await file.close();
    await fs.rename(temporary, path);
  } catch (e) {
    await fs.unlink(temporary);
    throw e;
  }
}
write(process.argv[2], process.argv[3]).catch(e => { console.log(e.code); process.exit(1) });
END
  shim node writer.js out first
  run shim node writer.js out second
  [ "$status" -eq 1 ]
  [ "$output" = EEXIST ]
  [ "$(cat out)" = first ]
  [ "$(ls)" = $'log.jsonl\nout\nwriter.js' ]
}

# ---- gawk --------------------------------------------------------------------------------------

@test "gawk -i inplace is refused" {
  need gawk
  setup_files
  run shim gawk -i inplace '{ print "changed" }' old
  [ "$status" -ne 0 ]
  [ "$(cat old)" = old ]
  [ "$(events 'e["destination"]')" = "$PWD/old" ]
}

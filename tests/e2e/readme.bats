#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# README.md and scripts/recipes/README.md say what a reader will see: every transcript and every recipe in them, run as it stands there.

load ../common
load projects

examples=$BATS_TEST_DIRNAME/readme-examples
PAGES=("$ROOT/README.md" "$ROOT/scripts/recipes/README.md")

# As a reader has it after `make install`: the bare names of library and command resolve.
reader() {
  need python3
  export LD_LIBRARY_PATH=${SHIM%/*} PATH=${NOCLOBBER%/*}:$PATH LC_ALL=C PYTHONDONTWRITEBYTECODE=1
  export HOME=$BATS_TEST_TMPDIR GIT_CONFIG_NOSYSTEM=1
}

# list: "PAGE LINE LANGUAGE SETUP" for each example of the pages.
list() {
  local page
  for page in "${PAGES[@]}"; do
    "$examples" "$page" | sed "s|^|$page |"
  done
}

# run_all LANGUAGE SETUP FOLDER: runs each such example of the pages in a fresh folder, or in FOLDER; at least one.
run_all() {
  local page line language setup count=0
  while read -r page line language setup; do
    [ "$language $setup" = "$1 $2" ] || continue
    echo "$page:$line"
    (cd "${3:-$(mktemp -d -p "$BATS_TEST_TMPDIR")}" && "$examples" "$page" "$line" <&-)
    count=$((count + 1))
  done < <(list)
  [ "$count" -ge 1 ] || { echo "there is no example '$1 $2'"; return 1; }
}

@test "README: every transcript prints what it says" {
  reader
  run_all console -
}

@test "README: every recipe that brings all it needs works" {
  reader
  need git
  run_all sh -
}

@test "README: the recipe for an automake project works" {
  reader
  automake_project
  autoreconf -i
  run_all sh automake "$PWD"
}

@test "README: the recipe for an npm project works" {
  reader
  npm_project
  run_all sh npm "$PWD"
}

# through_command SETUP FOLDER: runs each such recipe under noclobber, which takes the policy of its first line from the
# environment, in a fresh folder or in FOLDER. It knows of each refusal that the recipe waves through with `!`.
through_command() {
  local page line language setup recipe expected count=0
  while read -r page line language setup; do
    [ "$language $setup" = "sh $1" ] || continue
    recipe=$(tail -n "+$((line + 1))" "$page" | sed '/^```$/,$d')
    expected=0
    grep -q '^!' <<<"$recipe" && expected=17
    echo "$page:$line, status $expected"
    (
      cd "${2:-$(mktemp -d -p "$BATS_TEST_TMPDIR")}" || exit
      eval "$(head -n 1 <<<"$recipe" | sed 's/LD_PRELOAD=libnoclobber.so//')"
      status=0
      noclobber --quiet -- bash -eu -c "$(tail -n +2 <<<"$recipe")" || status=$?
      [ "$status" -eq "$expected" ]
    )
    count=$((count + 1))
  done < <(list)
  [ "$count" -ge 1 ]
}

@test "README: the recipes work through the command, which knows what was refused" {
  reader
  need git
  through_command -
}

@test "README: so does the one for an automake project" {
  reader
  automake_project
  autoreconf -i
  through_command automake "$PWD"
}

@test "README: so does the one for an npm project" {
  reader
  npm_project
  through_command npm "$PWD"
}

@test "README: there is no example that none of these cases runs" {
  reader
  local page line language setup
  while read -r page line language setup; do
    case "$language $setup" in
    'console -' | 'sh -' | 'sh automake' | 'sh npm') ;;
    *) echo "$page:$line: $language $setup" && return 1 ;;
    esac
  done < <(list)
}

# ---- scripts/try -------------------------------------------------------------------------------

# checkout FOLDER: what a clone has in it, and what make would build there.
checkout() {
  mkdir -p "$1/build"
  cp -a "$ROOT/Makefile" "$ROOT/scripts" "$ROOT/shim" "$1"
  cp -a "$ROOT/$BUILD"/{libnoclobber.so,noclobber,pic,command} "$1/build"
}

@test "scripts/try shows each scene, in a folder with a blank and a colon in its name too" {
  local folder
  need python3 git
  export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
  for folder in plain "a b:c"; do
    checkout "$folder"
    run env -u BUILD "$folder/scripts/try"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"'app.txt': File exists"* ]]
    [[ $output == *"FileExistsError, another job was first"* ]]
    [[ $output == *'"verdict":"refused","rule":"protect:dist/"'* ]]
    [[ $output == *"noclobber: refused 1 rename onto 1 destination"*"(status 17)"* ]]
    [ "$(grep -c '(status ' <<<"$output")" -eq 3 ]
  done
}

@test "scripts/try COMMAND runs it where one is, under the library, with the variables that are set" {
  local folder
  export TMPDIR=$PWD # for the copy that a blank takes
  for folder in plain "a b:c"; do
    checkout "$folder"
    echo new >new
    echo old >old
    run env -u BUILD "$folder/scripts/try" mv new old
    [ "$status" -eq 1 ]
    [ "$(cat old)" = old ]
    env -u BUILD NOCLOBBER_PROTECT=dist/ "$folder/scripts/try" mv new old
    [ "$(cat old)" = new ]
  done
  # Nothing is left behind, the copy neither.
  [ "$(ls)" = $'a b:c\nold\nplain' ]
}

# ---- the runner itself -------------------------------------------------------------------------

# sample: a README of one example, whose text is the input, language and setup the argument.
sample() {
  { echo "\`\`\`$1" && cat && echo '```'; } >sample.md
}

@test "the runner passes a transcript that is right: state kept, continued lines, wildcards, both channels" {
  reader
  sample console <<'END'
$ mkdir d; cd d; x=1
$ cat <<STOP
> x is $x
> STOP
x is 1
$ basename "$PWD"; echo error >&2
d
error
$ echo "time 12345, pid 7"; seq 10
time ..., pid ...
1
...
10
$ false
END
  "$examples" sample.md 1
}

@test "the runner fails a transcript that is wrong, and shows both lines" {
  reader
  sample console <<'END'
$ echo right
right
$ echo what is printed
what is written
$ echo more
END
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  [[ $output != *right* ]]
  [[ $output == *'-what is written'* ]]
  [[ $output == *'+what is printed'* ]]
  [[ $output == *'+more'* ]]
}

@test "the runner fails a transcript that ends early, a missing line, and a block without a command" {
  reader
  sample console <<<$'$ exit 0\n$ true'
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  sample console <<<$'$ true\nnothing'
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  sample console </dev/null
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  run "$examples" sample.md 2
  [ "$status" -ne 0 ]
}

@test "the runner fails a recipe at its first failing line, and where a line that should fail does not" {
  reader
  sample sh <<<$'! false\n! true # comment\ntouch reached'
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  [[ $output == *'this should have failed: true'* ]]
  [ ! -e reached ]
  sample sh <<<$'true\nfalse\ntouch reached'
  run "$examples" sample.md 1
  [ "$status" -ne 0 ]
  [ ! -e reached ]
  sample "sh npm" <<<$'touch reached'
  [ "$("$examples" sample.md)" = "1 sh npm" ]
  "$examples" sample.md 1
  [ -e reached ]
}

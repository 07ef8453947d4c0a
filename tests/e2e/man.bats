#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The manual pages: well formed, and complete: each option, variable and rule that the code knows is in them, and each option
# in the completions as well.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  COMMAND_PAGE=$ROOT/shim/launcher/noclobber.1
  LIBRARY_PAGE=$ROOT/shim/preload/libnoclobber.7
  COMPLETIONS=$ROOT/shim/launcher/completions
}

# page FILE: as it is read, without overstriking.
page() {
  mandoc -T ascii -O width=200 "$1" | sed 's/.\x08//g'
}

# events_part: what libnoclobber(7) says of events.
events_part() {
  page "$LIBRARY_PAGE" | sed -n '/^EVENTS/,/^FILES/p'
}

# table: "NAME LETTER VALUE VARIABLE" for each setting, from the code's own table; - for what it does not have.
table() {
  "$ROOT/$BUILD/tests/programs/settings" >table
  [ "$(wc -l <table)" -ge 21 ]
}

# heads: the heads of the list of options in noclobber(1).
heads() {
  page "$COMMAND_PAGE" | sed -n '/^OPTIONS/,/^PATTERNS/p' | grep -E '^ {5}-'
}

@test "the pages are well formed" {
  need mandoc
  run mandoc -T lint -W warning "$COMMAND_PAGE" "$LIBRARY_PAGE"
  echo "$output"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
}

@test "man shows both pages" {
  need man
  export LC_ALL=C.UTF-8 MANWIDTH=80
  man -l "$COMMAND_PAGE" | grep -q 'NOCLOBBER(1)'
  man -l "$LIBRARY_PAGE" | grep -q 'LIBNOCLOBBER(7)'
}

@test "noclobber(1) names every long option, and none that is not there" {
  need mandoc
  table
  diff <(cut -d ' ' -f 1 table | sort) <(heads | grep -oE -- '--[a-z-]+' | cut -c 3- | sort -u)
}

@test "noclobber(1) and the completions give each option the short form that the code gives it" {
  need mandoc
  table
  local option letter
  while read -r option letter _; do
    [ "$letter" != - ] || continue
    echo "-$letter --$option"
    heads | grep -qE -- "^ {5}-$letter( [a-z]+)?, --$option(=|$)"
    grep -qE -- "\\{-$letter\\+?,--$option=?\\}" "$COMPLETIONS/_noclobber"
    grep -qE -- "-s $letter -l $option " "$COMPLETIONS/noclobber.fish"
    grep -qE -- " -$letter( |\$)" "$COMPLETIONS/noclobber.bash"
  done <table
}

@test "every completion names every long option" {
  table
  local option letter
  while read -r option letter _; do
    echo "--$option $letter"
    grep -qE -- " --$option( |\$)" "$COMPLETIONS/noclobber.bash"
    grep -qE -- "--$option(=|\\[|\\})" "$COMPLETIONS/_noclobber"
    grep -qE -- "-l $option " "$COMPLETIONS/noclobber.fish"
  done <table
}

@test "libnoclobber(7) names every variable that the library reads" {
  need mandoc
  local names name
  names=$(sed -n '/ names\[\]/,/;/p' "$ROOT/shim/core/policy_parse.c" | grep -oE '"[A-Z_]+"' | tr -d '"' |
    grep -vx LIBRARY) # of noclobber(1)
  [ "$(wc -l <<<"$names")" -ge 8 ]
  page "$LIBRARY_PAGE" | grep -oE '^ {5}NOCLOBBER_[A-Z_]+$' >heads
  while read -r name; do
    grep -qx " *NOCLOBBER_$name" heads
  done <<<"$names"
}

@test "libnoclobber(7) names every rule, verdict and field that an event may have" {
  need mandoc
  local event=$ROOT/shim/core/event.c names name
  names=$(sed -n 's/.*case EVENT_.*return "\(.*\)";/\1/p' "$event" && grep -oE 'allow_if:[a-z]+' "$ROOT/shim/core/policy_parse.c" | sort -u &&
    grep -oE '\\"[a-z]+\\":' "$event" | tr -d '\\":')
  [ "$(wc -l <<<"$names")" -ge 21 ]
  events_part >part
  while read -r name; do
    echo "$name"
    # As the head of an item, or a word of a list.
    grep -qE -- "(^ {5}|^ {5}.*, | {2,}|; |or )$name([a-z]+)?( |,|:|;|\$)" part
  done <<<"$names"
}

@test "noclobber(1) names every setting of a policy file" {
  need mandoc
  local option variable
  table
  page "$COMMAND_PAGE" | sed -n '/^POLICY FILES/,/^SUMMARY/p' >part
  while read -r option _ _ variable; do
    [ "$variable" != - ] || continue
    echo "$option"
    grep -qE -- "(^| )$option(,| and|\.|\$)" part
  done <table
}

@test "every completion knows which options take a value" {
  local option letter value
  table
  while read -r option letter value _; do
    [[ $value != - && $value != \[* ]] || continue
    echo "--$option"
    sed -n '/^_noclobber_takes_value/,/^}/p' "$COMPLETIONS/noclobber.bash" | grep -qE -- "--$option( |\)|\$)"
    grep -qE -- "--$option=" "$COMPLETIONS/_noclobber"
    sed -n '/__fish_noclobber_with_value/,/^$/p' "$COMPLETIONS/noclobber.fish" | grep -qE -- "--$option( |\$)"
    [ "$letter" = - ] || bash -c "source '$COMPLETIONS/noclobber.bash'; _noclobber_takes_value -$letter"
  done <table
}

@test "noclobber --help fits a screen and names every long option" {
  [ -x "$ROOT/$BUILD/noclobber" ] || skip "no noclobber was built"
  table
  "$ROOT/$BUILD/noclobber" --help >help
  [ "$(wc -l <help)" -le 24 ]
  [ "$(wc -L <help)" -le 80 ]
  while read -r option letter _; do
    echo "--$option $letter"
    grep -qE -- "--$option( |,|\[|\$)" help
  done <table
}

@test "the pages speak of the status that the code ends a process with" {
  need mandoc
  local status
  status=$(sed -n 's/^#define POLICY_EXIT_STATUS //p' "$ROOT/shim/core/policy.h")
  page "$COMMAND_PAGE" | grep -q "status $status"
  page "$LIBRARY_PAGE" | grep -q "status $status"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Audit is transparent: a real project's own tests end the same, case by case, with the library and without.

load ../common

@test "Python's own tests of files end the same under audit, and with a policy that guards what they do not touch" {
  run "$ROOT/tests/audit/compare" --way audit --way elsewhere python
  echo "$output"
  [[ $output != skipped* ]] || skip "${output#skipped }"
  [ "$status" -eq 0 ]
  [[ $output =~ \|\ Python\ [0-9.]+\ \|\ [0-9,]{4,}\ \|\ [0-9,]{4,}\ \|\ 0\ differ.*,\ [0-9]+\ renames\ \|\ 0\ differ ]]
}

@test "the comparison tells where cases end differently: under a policy that guards everything they do" {
  run "$ROOT/tests/audit/compare" --way everything --only test_os --only test_py_compile python
  echo "$output"
  [[ $output != skipped* ]] || skip "${output#skipped }"
  [ "$status" -eq 1 ]
  [[ $output == *'test_os test.test_os.FileTests.test_replace: passed, but everything: error'* ]]
  [[ $output == *' differ, '* ]]
}

@test "the table is what results.json holds" {
  mkdir -p copy/tests copy/scripts
  cp -r "$ROOT"/tests/{audit,bench,README.md} copy/tests
  cp "$ROOT/scripts/results" copy/scripts
  copy/tests/audit/compare --publish
  diff "$ROOT/tests/README.md" copy/tests/README.md
  diff "$ROOT/tests/audit/results.json" copy/tests/audit/results.json
}

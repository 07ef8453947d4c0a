#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The recipes for GitHub Actions, GitLab CI and Jenkins: their very files, read and run as those systems would, as far as that
# goes (github, gitlab, jenkins in this folder). The job runs, and a retry of it that builds something else is refused.

load ../common
load ../system

setup_file() {
  install_once
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir workspace temp
  # Its publish swallows what mv says, as many do: only noclobber's status tells.
  cat >workspace/Makefile <<'END'
all:
	date +%N >app
publish publish-more:
	mkdir -p dist
	cp app app.new
	mv app.new dist/$@ || true
END
}

need_yaml() {
  need python3
  python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml on this machine"
}

# on_github JOB [FILE]: runs the job in the workspace.
on_github() {
  need make
  need_yaml
  run bash -c 'cd workspace && RUNNER_TEMP=$1 HOME=$1 "$2" "$3" "$4"' - "$BATS_TEST_TMPDIR/temp" "$BATS_TEST_DIRNAME/github" \
    "${2:-$RECIPES/github-actions.yml}" "$1"
  echo "$output"
}

@test "GitHub Actions: the action lets a job publish once, and annotates the retry, which ends with 17" {
  on_github publish
  [ "$status" -eq 0 ]
  cp workspace/dist/publish published
  on_github publish
  [ "$status" -eq 17 ]
  [[ $output == *'::error '*dist/publish* ]]
  grep -q 'dist/publish' temp/summary
  cmp published workspace/dist/publish
}

@test "GitHub Actions: made ready by the action, command and library serve later steps" {
  on_github by-hand
  [ "$status" -eq 0 ]
  [ -e workspace/dist/publish ] && [ -e workspace/dist/publish-more ]
  on_github by-hand
  [ "$status" -eq 17 ]
  rm workspace/dist/publish
  cp workspace/dist/publish-more published
  on_github by-hand
  [ "$status" -eq 0 ]
  [[ $output == *publish-more*'File exists'* ]]
  cmp published workspace/dist/publish-more
}

# with_inputs LINES: a workflow whose one step has these inputs for the action.
with_inputs() {
  { printf 'on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n      - uses: me/libnoclobber/scripts/action@v0\n        with:\n'
    sed 's/^/          /'; } >workflow.yml
  on_github one "$BATS_TEST_TMPDIR/workflow.yml"
}

@test "GitHub Actions: each input of the action reaches noclobber, whatever characters it has" {
  mkdir -p "workspace/it's \"here\""
  touch "workspace/it's \"here\"/old" workspace/{app.tmp,new}
  with_inputs <<'END'
protect: |
  it's "here"/*

  *.tmp
allow: 'app.*'
run: |
  touch n; mv n app.tmp
  touch n; mv n other; mv other new
  echo $'a "b" \'c\''; env | grep -c ^GUARDED_ || true
END
  [ "$status" -eq 0 ]
  [[ $output == *"a \"b\" 'c'"$'\n0'* ]]
  with_inputs <<<$'protect: "it\'s \\"here\\"/*"\nrun: "touch n; mv n */old"'
  [ "$status" -eq 1 ]
  with_inputs <<<$'run: "touch n; mv n new || true"'
  [ "$status" -eq 17 ]
  with_inputs <<<$'run: "touch n; mv n new"\naudit: true'
  [ "$status" -eq 0 ]
  [[ $output == *"would"* ]]
  with_inputs <<<$'run: "touch n; mv n new"\nallow-if: empty, same'
  [ "$status" -eq 0 ]
  with_inputs <<<$'run: "pwd; false; echo reached"\nworking-directory: "it\'s \\"here\\""'
  [ "$status" -eq 1 ]
  [[ $output == *'/workspace/it'"'"'s "here"'* && $output != *reached* ]]
  with_inputs <<<$'run: "! (echo x >app.tmp) && echo x >>new"\nprotect: "*.tmp"'
  [ "$status" -eq 0 ]
  with_inputs <<<$'run: "echo x >app.tmp"\nprotect: "*.tmp"\nseal: false'
  [ "$status" -eq 17 ]
  with_inputs <<<$'run: "true"\nseal: perhaps'
  [ "$status" -eq 125 ]
  with_inputs <<<$'run: "true"\naudit: perhaps'
  [ "$status" -eq 125 ]
  [[ $output == *"audit: 'perhaps' is neither true nor false"* ]]
}

@test "GitHub Actions: with trace the action reaches a program without an environment" {
  "$NOCLOBBER" --trace --protect-all -q -- true || skip "the tracer does not work on this machine"
  touch workspace/old
  with_inputs <<<$'run: "touch n; env -i /bin/mv n old || true"\ntrace: true'
  [ "$status" -eq 17 ]
}

@test "GitLab CI: a job publishes once; the retry ends with 17, and leaves the report that its artifacts name" {
  need make
  need_yaml
  in_system 'cd workspace; /runners/gitlab /recipes/gitlab-ci.yml publish'
  [ "$status" -eq 0 ]
  cp workspace/dist/publish published
  in_system 'cd workspace; /runners/gitlab /recipes/gitlab-ci.yml publish'
  [ "$status" -eq 17 ]
  cmp published workspace/dist/publish
  python3 -c 'import json, sys; print([finding["location"]["path"] for finding in json.load(sys.stdin)])' \
    <workspace/gl-code-quality-report.json | grep -q dist/publish
}

@test "GitLab CI: variables alone guard every command of the job, and its log is an artifact" {
  need make
  need_yaml
  mkdir workspace/dist
  echo published >workspace/dist/publish-more
  in_system 'cd workspace; /runners/gitlab /recipes/gitlab-ci.yml build'
  [ "$status" -eq 0 ]
  [ "$(cat workspace/dist/publish-more)" = published ]
  [ "$(LOG=workspace/refused.jsonl events 'e["rule"], e["destination"]')" = \
    "('protect:/mnt/workspace/dist/', '/mnt/workspace/dist/publish-more')" ]
}

@test "Jenkins: the pipeline publishes once; of its retry one stage is refused in its log, and the other ends with 17" {
  in_system 'cd workspace; /runners/jenkins /recipes/Jenkinsfile'
  [ "$status" -eq 0 ]
  cp workspace/dist/publish published
  in_system 'cd workspace; /runners/jenkins /recipes/Jenkinsfile'
  [ "$status" -eq 17 ]
  [[ $output == *"stage publish: 'noclobber "* ]]
  cmp published workspace/dist/publish
  [ "$(LOG=workspace/refused.jsonl events 'e["rule"], e["destination"]')" = \
    "('protect:/mnt/workspace/dist/', '/mnt/workspace/dist/publish-more')
('protect:/mnt/workspace/dist/', '/mnt/workspace/dist/publish')" ]
}

# readme_block NUMBER: that block of YAML in the README.
readme_block() {
  awk -v wanted="$1" '/^```yaml$/ { here = ++count == wanted; next } /^```$/ { here = 0 } here' "$ROOT/README.md"
}

@test "README: its lines for GitHub Actions and for GitLab CI do what it says" {
  [ "$(grep -c '^```yaml$' "$ROOT/README.md")" -eq 2 ]
  { printf 'on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n'; readme_block 1 | sed 's/^/      /'; } >workflow.yml
  echo 1 >workspace/app
  on_github one "$PWD/workflow.yml"
  [ "$status" -eq 0 ]
  [ -e workspace/dist/publish ] && [ -e workspace/dist/publish-more ]
  on_github one "$PWD/workflow.yml"
  [ "$status" -eq 17 ]
  { printf 'default: { image: x, stage: one }\nstages: [one]\n'; readme_block 2; } >pipeline.yml
  in_system 'cd workspace; /runners/gitlab ../pipeline.yml publish'
  [ "$status" -eq 17 ]
}

@test "the runners tell what such a system would not understand" {
  sed 's/      - run: make$/      - runs: make/' "$RECIPES/github-actions.yml" >wrong.yml
  on_github publish "$PWD/wrong.yml"
  [[ $output == *"unknown: {'runs'}"* ]]
  sed 's/protect: dist/protects: dist/' "$RECIPES/github-actions.yml" >wrong.yml
  on_github publish "$PWD/wrong.yml"
  [[ $output == *"no such input: {'protects'}"* ]]
  sed "s/sh 'make'/shell 'make'/" "$RECIPES/Jenkinsfile" >Jenkinsfile
  run "$BATS_TEST_DIRNAME/jenkins" Jenkinsfile
  [ "$status" -ne 0 ]
  [[ $output == *"not understood: shell 'make'"* ]]
  sed 's/    reports:/    report:/' "$RECIPES/gitlab-ci.yml" >wrong.yml
  run "$BATS_TEST_DIRNAME/gitlab" wrong.yml publish
  [ "$status" -ne 0 ]
  [[ $output == *AssertionError* ]]
}

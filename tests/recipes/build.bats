#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The recipes for make, tox, Bazel and Debian packages, run by those themselves; but Bazel, which Debian has not.

load ../common
load ../system

setup_file() {
  install_once
}

# make_twice EDIT: a makefile includes the recipe, edited by sed; publish runs, and again when there is something else to publish.
make_twice() {
  need make
  cat >Makefile <<'END'
include publish.mk
app.tar.gz: source
	cp source app.new; mv app.new app.tar.gz
other: source
	cp source new; mv new dist/app.tar.gz
END
  in_system "sed '$1' /recipes/publish.mk >publish.mk; cat publish.mk"'
    echo 1 >source; make publish; echo 2 >source; touch -d "1 hour" source app.tar.gz
    make publish || echo "make: $?"
    cat dist/app.tar.gz; make other && cat dist/app.tar.gz'
}

@test "make: what the makefile exports guards its recipes, which may still replace what is not published" {
  make_twice ''
  [[ $output == *"'dist/app.tar.gz': File exists"*$'make: 2\n1\n'* ]]
  [ "$status" -ne 0 ]
}

@test "make: exported for one target alone, as the recipe says, it guards that one alone" {
  make_twice '/^export LD_PRELOAD/d; s/^#   //'
  [[ $output == *'publish: export LD_PRELOAD'*"'dist/app.tar.gz': File exists"*$'make: 2\n1\n'*2 ]]
  [ "$status" -eq 0 ]
}

@test "make: a single line by the command, as the recipe says" {
  make_twice '/^export/d; /^#\t/h; /^\tmv/{s/.*//; G; s/^\n#//}'
  [[ $output == *$'\n\tnoclobber --protect'*"'dist/app.tar.gz': File exists"*$'make: 2\n1\n'*2 ]]
  [ "$status" -eq 0 ]
}

@test "tox: a guarded caller's tests are guarded, and so are those of the environment 'guarded'; others are not" {
  need tox
  in_system 'cp /recipes/tox.ini .
    cat >test.py <<END
import os
os.makedirs("dist", exist_ok=True)
open("dist/old", "w").write("published")
open("new", "w").write("another")
os.rename("new", "dist/old")
END
    export TOX_WORK_DIR=/mnt/tox PIP_NO_INDEX=1 VIRTUALENV_NO_DOWNLOAD=1
    try() { if "$@" >said 2>&1; then echo passed; else grep -om1 FileExistsError said || cat said; fi; }
    try tox -e py
    LD_PRELOAD=libnoclobber.so NOCLOBBER_PROTECT=dist/ try tox -e py
    LD_PRELOAD=libnoclobber.so NOCLOBBER_PROTECT=/elsewhere/ try tox -e py
    try noclobber --protect dist/ -- tox -e py
    try tox -e guarded'
  [ "$status" -eq 0 ]
  [ "$output" = 'passed
FileExistsError
passed
FileExistsError
FileExistsError' ]
}

# Bazel starts actions with nothing but what --action_env names, NAME=VALUE. That, and no more, can be shown without it.
# shellcheck disable=SC2016 # for the shell inside
@test "Bazel: with what each line of the recipe names, and nothing else in its environment, a command is guarded" {
  in_system "$PUBLISHED"'
    for command in "build --action_env" "build --host_action_env" "test --test_env"; do
      mapfile -t environment < <(sed -n "s/^$command=//p" /recipes/bazelrc)
      status=0
      env -i "${environment[@]}" /bin/mv /srv/incoming/app /srv/releases/app || status=$?
      echo "${#environment[@]} variables, status $status, $(cat /srv/releases/app)"
    done
    grep -Ev "^#|^(build|test) --[a-z_]+_env=[A-Z_]+=[^ ]+$" /recipes/bazelrc || echo "no other line"'
  [ "$status" -eq 0 ]
  [ "$(grep -c '^2 variables, status 1, published$' <<<"$output")" -eq 3 ]
  [[ $output == *'no other line' ]]
}

@test "Debian packages: built by fakeroot's word and archived once; the same version again is refused" {
  need dpkg-buildpackage fakeroot
  mkdir -p tiny/debian
  printf '%s\n' 'Source: tiny' 'Section: misc' 'Priority: optional' 'Maintainer: me <me@libnoclobber.example>' \
    'Rules-Requires-Root: binary-targets' '' \
    'Package: tiny' 'Architecture: all' 'Description: one file' >tiny/debian/control
  printf '%s\n' 'tiny (1.0) unstable; urgency=low' '' '  * One.' '' \
    ' -- me <me@libnoclobber.example>  Thu, 01 Jan 2026 00:00:00 +0000' >tiny/debian/changelog
  cat >tiny/debian/rules <<'END'
#!/usr/bin/make -f
build build-indep build-arch clean:
binary: binary-indep
binary-arch:
binary-indep:
	rm -rf debian/tiny
	mkdir -p debian/tiny/DEBIAN debian/tiny/usr/share/tiny
	date +%N >debian/tiny/usr/share/tiny/file
	chown daemon debian/tiny/usr/share/tiny/file
	dpkg-gencontrol -Pdebian/tiny
	dpkg --build debian/tiny ..
END
  chmod +x tiny/debian/rules
  in_system 'sum() { sha256sum /srv/archive/*; }
    chown -R nobody . ; mkdir -m 777 /srv/archive; cd tiny
    as() { setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
    as /recipes/debian-package.sh .; sum >../before
    dpkg-deb -c /srv/archive/*.deb
    as /recipes/debian-package.sh . || echo "again: $?"
    sum | diff ../before - && ls -A /srv/archive'
  [ "$status" -eq 0 ]
  [[ $output == *'daemon/root'*"File exists"*$'again: 1\ntiny_1.0_all.deb' ]]
}

@test "scripts/recipes/README.md names each recipe there is, and none that is not there" {
  grep -oE '\]\([A-Za-z][^)/]*\)' "$ROOT/scripts/recipes/README.md" | tr -d '](' | tr -d ')' | sort -u >named
  (cd "$ROOT/scripts/recipes" && printf '%s\n' * | grep -vx README.md | sort) | diff - named
  [ -e "$ROOT/scripts/action/action.yml" ]
}

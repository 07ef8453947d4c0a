#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Builds and packages: automake, cmake, ninja, rsync, dpkg and npm do all their work with a published tree protected, and
# what is published there cannot be published a second time. With everything protected, how each of them fails.

load ../common
load projects

# protected COMMAND…: under the shim, with any dist/ protected.
protected() {
  shim NOCLOBBER_PROTECT=dist/ "$@"
}

# no_event: nothing was refused, audited or excepted.
no_event() {
  [ ! -e "$LOG" ] || { cat "$LOG"; return 1; }
}

# refused_in_dist NAME: the only events are refusals of dist/NAME of the current folder.
refused_in_dist() {
  [ "$(events '(e["verdict"], e["rule"], e["destination"])' | uniq)" = \
    "('refused', 'protect:dist/', '$PWD/dist/$1')" ]
}

# ---- automake ----------------------------------------------------------------------------------

@test "automake: autoreconf, configure, make, edit, make again and make dist work with dist/ protected" {
  automake_project
  protected autoreconf -i
  protected ./configure -q
  protected make -s
  [ "$(./hello)" = one ]
  sed -i 's/one/two/' word.h
  protected make -s
  [ "$(./hello)" = two ]
  protected autoreconf -fi
  protected ./configure -q
  protected make -s dist
  protected make -s dist
  tar -tzf hello-1.0.tar.gz | grep -q '^hello-1.0/word.c$'
  protected make -s install DESTDIR="$PWD/root" prefix=/usr
  protected make -s install DESTDIR="$PWD/root" prefix=/usr
  [ "$(root/usr/bin/hello)" = two ]
  no_event
}

@test "automake: a release is published once; the second make publish fails and leaves its bytes" {
  automake_project
  autoreconf -i
  ./configure -q
  protected make -s publish
  no_event
  local published
  published=$(sha256sum <dist/hello-1.0.tar.gz)
  sed -i 's/one/two/' word.h
  run protected make -s publish
  echo "status $status: $output"
  [ "$status" -eq 2 ]
  [[ $output == *"File exists"* ]]
  [ "$(sha256sum <dist/hello-1.0.tar.gz)" = "$published" ]
  [ "$(tar -xOzf dist/.new hello-1.0/word.h | tail -n 1)" = '#define WORD "two"' ]
  refused_in_dist hello-1.0.tar.gz
}

@test "automake: with everything protected each make is refused one .Po, then passes on stale ones; ALLOW=.deps/ mends it" {
  automake_project
  autoreconf -i
  ./configure -q
  run shim make -s
  [ "$status" -eq 2 ]
  [[ $output == *".Po': File exists"* ]]
  run shim make -s
  [ "$status" -eq 2 ]
  shim make -s
  [ "$(./hello)" = one ]
  sed -i 's/one/two/' word.h
  make -s
  [ "$(./hello)" = one ] # nothing knows that word.c includes word.h
  rm ./*.o
  shim NOCLOBBER_ALLOW=.deps/ make -s
  sed -i 's/two/three/' word.h
  shim NOCLOBBER_ALLOW=.deps/ make -s
  [ "$(./hello)" = three ]
}

# ---- cmake and ninja ---------------------------------------------------------------------------

cmake_project() {
  need cmake cc "$1"
  cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.13)
project(hello C)
configure_file(config.h.in config.h)
add_executable(hello hello.c)
target_include_directories(hello PRIVATE ${CMAKE_BINARY_DIR})
add_custom_target(publish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_SOURCE_DIR}/dist
  COMMAND ${CMAKE_COMMAND} -E copy hello ${CMAKE_SOURCE_DIR}/dist/.new
  COMMAND ${CMAKE_COMMAND} -E rename ${CMAKE_SOURCE_DIR}/dist/.new ${CMAKE_SOURCE_DIR}/dist/hello
  DEPENDS hello)
END
  echo '#define WORD "@WORD@"' >config.h.in
  printf '#include <stdio.h>\n#include "config.h"\nint main(void) { puts(WORD); return 0; }\n' >hello.c
}

# cmake_builds GENERATOR: configure, build, reconfigure, rebuild and publish; a second publish is refused.
cmake_builds() {
  protected cmake -S . -B b -G "$1" -D WORD=one
  protected cmake --build b
  [ "$(b/hello)" = one ]
  protected cmake -B b -D WORD=two
  protected cmake --build b
  [ "$(b/hello)" = two ]
  touch CMakeLists.txt
  protected cmake --build b --target publish
  [ "$(dist/hello)" = two ]
  no_event
  protected cmake -B b -D WORD=three
  run protected cmake --build b --target publish
  echo "status $status: $output"
  [ "$status" -ne 0 ]
  [ "$(dist/hello)" = two ]
  refused_in_dist hello
}

@test "cmake with make: configures, builds, reconfigures and publishes once with dist/ protected" {
  cmake_project make
  cmake_builds "Unix Makefiles"
}

@test "cmake with ninja: configures, builds, reconfigures and publishes once with dist/ protected" {
  cmake_project ninja
  cmake_builds Ninja
}

@test "cmake: with everything protected a reconfigure is refused and says nothing: only the log shows it" {
  cmake_project make
  cmake -S . -B b -D WORD=one
  run shim cmake -B b -D WORD=two
  [ "$status" -eq 0 ]
  [[ $output != *exists* ]]
  [ "$(refusals)" -ge 1 ]
  events 'e["destination"]' | grep -qx "$PWD/b/CMakeCache.txt"
  grep -q '^WORD:.*=one$' b/CMakeCache.txt
}

@test "ninja by itself: builds, rebuilds, compacts its log with dist/ protected" {
  need ninja cc
  cat >build.ninja <<'END'
rule cc
  command = cc -MD -MF $out.d -c $in -o $out
  depfile = $out.d
  deps = gcc
build a.o: cc a.c
END
  echo 'int a;' >a.c
  protected ninja
  echo 'int a, b;' >a.c
  protected ninja
  protected ninja -t recompact
  [ "$(protected ninja)" = "ninja: no work to do." ]
  no_event
}

# ---- rsync -------------------------------------------------------------------------------------

rsync_folders() {
  need rsync
  mkdir from dist
  echo new >from/a
  echo new >from/b
  echo older >dist/a
}

@test "rsync: new files arrive, an existing one is refused and stays, status 23" {
  rsync_folders
  run protected rsync -a from/ dist/
  [ "$status" -eq 23 ]
  [ "$(cat dist/a dist/b)" = $'older\nnew' ]
  [ "$(ls -A dist)" = $'a\nb' ]
  refused_in_dist a
}

@test "rsync: a second run without changes has nothing to replace" {
  rsync_folders
  rm dist/a
  protected rsync -a from/ dist/
  protected rsync -a from/ dist/
  [ "$(cat dist/a)" = new ]
  no_event
}

@test "rsync --delay-updates is refused too; --ignore-existing asks for nothing that could be" {
  rsync_folders
  run protected rsync -a --delay-updates from/ dist/
  [ "$status" -ne 0 ]
  [ "$(cat dist/a)" = older ]
  rm "$LOG"
  protected rsync -a --ignore-existing from/ dist/
  [ "$(cat dist/a dist/b)" = $'older\nnew' ]
  no_event
}

@test "not stopped: rsync --inplace" {
  rsync_folders
  protected rsync -a --inplace from/ dist/
  [ "$(cat dist/a)" = new ]
  no_event
}

# ---- dpkg --------------------------------------------------------------------------------------

# package VERSION: builds hello_VERSION.deb, which holds /usr/share/hello and /srv/dist/app.
package() {
  mkdir -p "p$1/DEBIAN" "p$1/usr/share" "p$1/srv/dist"
  printf '%s\n' 'Package: hello-noclobber' "Version: $1" 'Architecture: all' 'Maintainer: A <a@example.com>' \
    'Description: a test' >"p$1/DEBIAN/control"
  echo "$1" | tee "p$1/usr/share/hello" >"p$1/srv/dist/app"
  "${@:2}" dpkg-deb --root-owner-group --build "p$1" "hello_$1.deb"
}

# install_package VERSION [COMMAND…]: COMMAND dpkg -i hello_VERSION.deb, in ./root.
install_package() {
  mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates root/var/lib/dpkg/triggers root/var/log
  touch root/var/lib/dpkg/status root/var/lib/dpkg/available
  "${@:2}" dpkg --root="$PWD/root" --log=/dev/null --force-not-root -i "hello_$1.deb"
}

# installed: the package's version and state, and what its files hold.
installed() {
  dpkg-query --admindir="$PWD/root/var/lib/dpkg" -W -f '${Version} ${db:Status-Status}\n' hello-noclobber
  cat root/usr/share/hello root/srv/dist/app
}

@test "dpkg: builds, installs and upgrades a package with another tree protected" {
  need dpkg dpkg-deb dpkg-query
  need_root
  package 1 shim NOCLOBBER_PROTECT="$PWD/dist/"
  package 2 shim NOCLOBBER_PROTECT="$PWD/dist/"
  install_package 1 shim NOCLOBBER_PROTECT="$PWD/dist/"
  [ "$(installed)" = $'1 installed\n1\n1' ]
  install_package 2 shim NOCLOBBER_PROTECT="$PWD/dist/"
  [ "$(installed)" = $'2 installed\n2\n2' ]
  no_event
}

@test "dpkg: an upgrade that would replace a protected file fails and rolls the whole package back" {
  need dpkg dpkg-deb dpkg-query
  need_root
  package 1
  package 2
  install_package 1
  run install_package 2 protected
  echo "status $status: $output"
  [ "$status" -ne 0 ]
  [ "$(installed)" = $'1 installed\n1\n1' ]
  [ "$(events 'e["destination"]')" = "$PWD/root/srv/dist/app" ]
  [ -z "$(find root -name '*.dpkg-*')" ]
}

@test "dpkg: with everything protected it is refused, and a retry without the shim repairs it" {
  need dpkg dpkg-deb dpkg-query
  need_root
  package 1
  package 2
  install_package 1
  run install_package 2 shim
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  install_package 2
  [ "$(installed)" = $'2 installed\n2\n2' ]
}

# ---- npm ---------------------------------------------------------------------------------------

@test "npm: ci, ci again and run build work with the app's dist/ protected, a second publish is refused" {
  npm_project
  mkdir dist
  shim NOCLOBBER_PROTECT="$PWD/dist/" npm ci
  shim NOCLOBBER_PROTECT="$PWD/dist/" npm ci
  shim NOCLOBBER_PROTECT="$PWD/dist/" npm run build
  shim NOCLOBBER_PROTECT="$PWD/dist/" npm run publish-dist
  [ "$(cat dist/app.txt)" = "from the library" ]
  no_event
  echo changed >new.txt
  run shim NOCLOBBER_PROTECT="$PWD/dist/" npm run publish-dist
  [ "$status" -ne 0 ]
  [ "$(cat dist/app.txt)" = "from the library" ]
  [ "$(events '(e["verdict"], e["destination"])')" = "('refused', '$PWD/dist/app.txt')" ]
}

@test "npm: a floating dist/ does not trouble npm ci, though packages under node_modules have one too" {
  npm_project
  protected npm ci
  protected npm ci
  [ "$(node -p 'require("library")')" = "from the library" ]
  no_event
}

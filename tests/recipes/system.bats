#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The recipes for Docker, systemd and sudo, and what to leave alone, /etc/ld.so.preload: each in a system of its own.

load ../common
load ../system

setup_file() {
  install_once
}

@test "Docker: the image that the Dockerfile makes publishes what is new, and replaces nothing" {
  [ "$(uname -m)" = x86_64 ] || skip "the recipe names x86_64"
  need python3
  # As make dist makes it, but for the static command.
  mkdir -p release/noclobber-0-x86_64-linux
  cp -R "$BATS_FILE_TMPDIR"/installed/usr/local/* release/noclobber-0-x86_64-linux
  tar -czf noclobber-0-x86_64-linux.tar.gz -C release noclobber-0-x86_64-linux
  in_system "rm -r /usr/local/lib/libnoclobber.so /usr/local/bin/noclobber; $PUBLISHED
    status=0; /runners/docker /recipes/Dockerfile || status=\$?
    cat /srv/releases/app /srv/releases/more; ls /opt; exit \$status"
  [ "$status" -eq 1 ]
  [[ $output == *"'/srv/releases/app': File exists"* ]]
  [[ $output == *'"verdict":"refused","rule":"protect:/srv/releases/"'* ]]
  [[ $output == *$'published\nnew'* ]]
}

# shellcheck disable=SC2016 # for the shell inside
@test "systemd: the unit is one that systemd takes, and a service manager that runs it replaces nothing" {
  need systemd-analyze
  [ -x /lib/systemd/systemd ] || skip "no systemd on this machine"
  # A user's manager can do without a booted system, if it believes that it is in one. It ends with the unit, in any case.
  in_system "$PUBLISHED"'
    cp /recipes/publish.service /etc/systemd/system
    systemd-analyze verify /etc/systemd/system/publish.service
    mkdir -p /etc/systemd/user/publish.service.d /run/systemd/system /run/user/0
    cp /recipes/publish.service /etc/systemd/user
    printf "[Unit]\nSuccessAction=exit\nFailureAction=exit\n[Service]\nStandardError=file:/mnt/said\n" \
      >/etc/systemd/user/publish.service.d/end.conf
    export XDG_RUNTIME_DIR=/run/user/0
    status=0
    timeout -k 1 60 /lib/systemd/systemd --user --unit=publish.service || status=$?
    echo "status $status"
    cat /srv/releases/app /srv/releases/more'
  [ "$status" -eq 0 ]
  [[ $output != *'status 124'* ]]
  [[ $output == *$'published\nnew' ]]
  [[ $(cat said) == *'"rule":"protect:/srv/releases/"'*"'/srv/releases/app': File exists"* ]]
}

# shellcheck disable=SC2016 # for the shell inside
# What the cases of sudo begin with: a user who may do all, by the recipe; the library's file of variables.
SUDO="$PUBLISHED"'
  useradd --create-home builder
  echo "127.0.0.1 $(uname -n)" >>/etc/hosts # sudo says so when it does not know it
  echo "builder ALL = (root) NOPASSWD: ALL" >/etc/sudoers.d/builder
  cp /recipes/sudoers /etc/sudoers.d/noclobber
  chmod 440 /etc/sudoers.d/*
  visudo -cq
  builder() { setpriv --reuid builder --regid builder --init-groups "$@"; }
  show() { status=0; "$@" || status=$?; echo "status $status, app is $(cat /srv/releases/app)"; }
'

@test "sudo: the drop-in is one that visudo takes, and lets the policy through, to noclobber for instance" {
  need sudo visudo setpriv useradd
  in_system "$SUDO"'
    export NOCLOBBER_PROTECT=/srv/releases/
    builder sudo -n env | grep NOCLOBBER_
    show builder sudo -n noclobber -- mv /srv/incoming/app /srv/releases/app
    export NOCLOBBER_PROTECT=/elsewhere/
    show builder sudo -n noclobber -- mv /srv/incoming/app /srv/releases/app'
  [ "$status" -eq 0 ]
  [[ $output == *$'NOCLOBBER_PROTECT=/srv/releases/\n'*$'status 1, app is published\nstatus 0, app is another' ]]
}

@test "sudo: LD_PRELOAD does not come through, as the drop-in says, but by its file it is there for the program named" {
  need sudo visudo setpriv useradd
  in_system "$SUDO"'
    printf "#!/bin/sh\nexec mv /srv/incoming/app /srv/releases/app\n" >/usr/local/sbin/publish
    chmod 755 /usr/local/sbin/publish
    sed -n "s/^#   //p" /recipes/sudoers >/etc/noclobber.env
    cat /etc/noclobber.env
    show builder sudo -n /usr/local/sbin/publish
    export LD_PRELOAD=/usr/local/lib/libnoclobber.so
    show builder sudo -n mv /srv/incoming/app /srv/releases/app'
  [ "$status" -eq 0 ]
  [[ $output == *$'libnoclobber.so\nNOCLOBBER_PROTECT=/srv/releases/\n'*$'status 1, app is published\nstatus 0, app is another' ]]
}

@test "/etc/ld.so.preload is what the recipes say: it takes all, itself too, and their line takes it back" {
  local line
  line=$(grep -o 'NOCLOBBER_MODE=off [^`]*' "$ROOT/scripts/recipes/README.md")
  [ -n "$line" ]
  in_system 'echo /usr/local/lib/libnoclobber.so >/etc/ld.so.preload
    echo 1 >old; echo 2 >new
    env -i /bin/mv new old || echo "mv: $?"
    useradd someone 2>/dev/null || echo "useradd: $?"
    sed -i d /etc/ld.so.preload || echo "sed: $?"
    '"$line"'
    cat /etc/ld.so.preload; useradd someone; mv new old; cat old
    echo /not/there.so >/etc/ld.so.preload; ls new'
  [[ $output == *$'mv: 1\nuseradd: '*$'\nsed: 4\n2\nERROR: ld.so: object \'/not/there.so\''* ]]
}

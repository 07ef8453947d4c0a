#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian packages: debian-package.sh FOLDER [ARCHIVE]: builds the source in FOLDER under fakeroot, and puts the packages into ARCHIVE
# (/srv/archive). None may be replaced there: if the same version is built again, it is refused.
set -eu
archive=${2:-/srv/archive}
cd "$1"
export LD_PRELOAD=libnoclobber.so NOCLOBBER_PROTECT="$archive/"
dpkg-buildpackage -us -uc -b -rfakeroot
mkdir -p "$archive"
for package in ../*.deb; do
    cp "$package" "$archive/.new"
    mv "$archive/.new" "$archive/${package##*/}" || { rm "$archive/.new"; exit 1; }
done

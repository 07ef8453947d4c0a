# SPDX-License-Identifier: MIT
"""Sources of Debian packages, asked of the machine's own package sources at run time. All that apt keeps for it lies in a
folder of the caller's; the machine's configuration and lists stay as they are."""

import glob
import os
import re
import subprocess

# A distribution's own archive, known by the last part of its address; what else a machine may have has no sources for us.
OWN_ARCHIVE = re.compile(r"/(debian|debian-security|ubuntu|ubuntu-ports)/?(\s|$)", re.MULTILINE)


def source_entries():
    """The machine's entries for packages, as entries for sources: (file name, text)."""
    for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
        with open(path, encoding="utf-8") as file:
            stanzas = [stanza for stanza in file.read().split("\n\n") if OWN_ARCHIVE.search(stanza)]
        yield os.path.basename(path), re.sub(r"(?m)^Types:.*$", "Types: deb-src", "\n\n".join(stanzas)) + "\n"
    for path in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*.list")]:
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = [line for line in file if line.startswith("deb ") and OWN_ARCHIVE.search(line)]
            yield os.path.basename(path), "".join("deb-src " + line[4:] for line in lines)


def apt(folder, *words):
    options = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": f"{folder}/parts",
               "Dir::State::Lists": f"{folder}/lists", "Dir::Cache": f"{folder}/cache", "Acquire::Retries": "1",
               "Acquire::http::Timeout": "20", "APT::Sandbox::User": ""}
    command = ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items()), *words]
    subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def fetch(package, folder):
    """Brings the upstream archive of a package's source into the folder, where an earlier call may have left it. Returns its
    path, or None where it can't be had."""
    for place in ("parts", "lists/partial", "cache/archives/partial"):
        os.makedirs(f"{folder}/{place}", exist_ok=True)
    if not glob.glob(f"{folder}/{package}_*.orig.tar.*"):
        try:
            for name, text in source_entries():
                with open(f"{folder}/parts/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            apt(folder, "update")
            apt(folder, "source", "--download-only", package)
        except (OSError, subprocess.CalledProcessError):
            return None
    archives = [path for path in glob.glob(f"{folder}/{package}_*.orig.tar.*") if not path.endswith(".asc")]
    return archives[0] if archives else None


def unpack(archive, folder):
    """Unpacks an archive's one top folder as `folder`, which must not exist."""
    os.makedirs(folder)
    subprocess.run(["tar", "-xf", archive, "-C", folder, "--strip-components=1"], check=True)

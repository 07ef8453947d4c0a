# SPDX-License-Identifier: MIT
"""Test suites of real projects, as Debian has them: each runs under a way (tests/bench/ways.py) and says of every case how it
ended. A suite is made of files, which can be run alone."""

import glob
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

from debian import fetch, unpack
from ways import ROOT


def run(way, command, folder, log, **variables):
    """Runs a command that may well fail, with TMPDIR and HOME in a fresh folder and all that it prints in a file."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(f"{folder}/tmp")
    environment = {"TMPDIR": f"{folder}/tmp", "HOME": folder, "LC_ALL": "C.UTF-8", **variables}
    assignments = [f"{name}={value}" for name, value in environment.items()]
    with open(log, "w", encoding="utf-8") as out:
        way.run(["env", *assignments, "sh", "-c", '"$@" || exit 0', "sh", *command], cwd=variables.get("PWD", folder),
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)


class Suite:
    """What each suite has: a name, its files, prepare and run."""

    def traces(self, _file):
        """Whether a file runs a tracer of its own, which cannot be where another one is."""
        return False


class Python(Suite):
    """Python's own tests (Debian: libpython3.11-testsuite): those modules that have to do with files, folders and processes."""

    QUICK = """os shutil pathlib posix posixpath tempfile mailbox dbm dbm_dumb dbm_gnu glob fileinput file import py_compile
        cmd_line_script runpy zipapp shelve""".split()
    MORE = """importlib logging zipfile tarfile zipimport fcntl mmap bz2 gzip filecmp genericpath linecache modulefinder netrc
        pkgutil plistlib stat""".split()

    def __init__(self, more):
        self.name = "Python"
        self.files = [f"test_{name}" for name in self.QUICK + (self.MORE if more else [])]
        self.python = None

    def prepare(self, _folder):
        """Returns why the suite can't be run here, or None."""
        for python in ("/usr/bin/python3", "python3"):
            ask = "import test.libregrtest, test.test_os, platform; print(platform.python_version())"
            found = subprocess.run([python, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   check=False)
            if found.returncode == 0:
                self.python = python
                self.name = f"Python {found.stdout.strip()}"
                return None
        return "no tests of Python on this machine"

    def run(self, way, files, folder):
        """Runs these files. Returns {(file, case): outcome}."""
        results = f"{folder}.xml"
        run(way, [self.python, "-m", "test", "--junit-xml", results, *files], folder, f"{folder}.log")
        found = {}
        for case in xml.etree.ElementTree.parse(results).iter("testcase"):
            # What a case was called on the way there may name a temporary folder.
            name = case.get("name").replace(folder, "")
            file = next((part for part in name.split(".") if part in files), name)
            found[file, name] = next((part.tag for part in case if part.tag in ("error", "failure", "skipped")), "passed")
        return found


class Built(Suite):
    """A project that is built from its source first."""

    def __init__(self, package):
        self.package = package
        self.name = package
        self.tree = f"{ROOT}/build/audit/{package}"

    def prepare(self, _folder):
        archive = fetch(self.package, f"{ROOT}/build/debian")
        if not archive:
            return f"the source of {self.package} can't be had here"
        self.name = re.sub(r"_(\d[^+-]*?)(?:\.orig|\+).*", r" \1", os.path.basename(archive))
        if not os.path.exists(f"{self.tree}.built"):
            shutil.rmtree(self.tree, ignore_errors=True)
            unpack(archive, self.tree)
            with open(f"{self.tree}.log", "w", encoding="utf-8") as log:
                subprocess.run(["sh", "-ec", self.BUILD], cwd=self.tree, check=True, stdin=subprocess.DEVNULL, stdout=log,
                               stderr=subprocess.STDOUT)
            open(f"{self.tree}.built", "w", encoding="utf-8").close()
        self.files = self.find()
        return None


class Git(Built):
    """git's own tests of what renames files and folders: refs, index, checkout, moves, rebases, packs, worktrees."""

    BUILD = 'make -s -j"$(nproc)" CFLAGS=-O1 NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_TCLTK=1 all'
    FILES = """t0021 t1300 t1400 t1403 t1410 t1430 t2013 t2020 t2400 t2401 t2403 t3200 t3210 t3400 t3420 t3600 t3903 t5304
        t5310 t5510 t6423 t6500 t7001 t7003 t7102 t7201 t7300 t7400 t7501 t7508 t7700""".split()

    def __init__(self):
        super().__init__("git")

    def find(self):
        return sorted(os.path.basename(path) for name in self.FILES for path in glob.glob(f"{self.tree}/t/{name}-*.sh"))

    def run(self, way, files, folder):
        found = {}
        for file in files:
            # Without the variable they look for mistakes of memory by glibc's means, and unset LD_PRELOAD for that.
            run(way, ["sh", file, f"--root={folder}", "--no-color"], folder, f"{folder}.log", PWD=f"{self.tree}/t",
                TEST_NO_MALLOC_CHECK="1")
            with open(f"{folder}.log", encoding="utf-8", errors="replace") as log:
                for line in log:
                    case = re.match(r"(ok|not ok) (\d+)(.*)", line)
                    if case:
                        skipped = re.search(r"# (skip|TODO)", line)
                        found[file, case[2]] = f"{case[1]}{' ' + skipped[1] if skipped else ''}"
        return {case: {"ok": "passed", "ok skip": "skipped"}.get(outcome, outcome) for case, outcome in found.items()}


class Coreutils(Built):
    """The tests of GNU mv, cp, ln, install and split, each a file of one case."""

    BUILD = 'FORCE_UNSAFE_CONFIGURE=1 ./configure -q --disable-nls && make -s -j"$(nproc)"'

    def __init__(self):
        super().__init__("coreutils")

    def find(self):
        with open(f"{self.tree}/tests/local.mk", encoding="utf-8") as file:
            return sorted(set(re.findall(r"tests/(?:mv|cp|ln|install|rm|split|touch)/[\w+-]+\.(?:sh|pl)", file.read())))

    def traces(self, file):
        with open(f"{self.tree}/{file}", encoding="utf-8") as script:
            return "strace" in script.read()

    def run(self, way, files, folder):
        for path in glob.glob(f"{self.tree}/tests/*/*.trs"):
            os.unlink(path)
        run(way, ["make", "-s", "check-TESTS", f"TESTS={' '.join(files)}", "RUN_EXPENSIVE_TESTS=no"], folder, f"{folder}.log",
            PWD=self.tree)
        found = {}
        for file in files:
            with open(f"{self.tree}/{os.path.splitext(file)[0]}.trs", encoding="utf-8") as result:
                outcome = re.search(r":global-test-result: (\w+)", result.read())[1]
            found[file, ""] = {"PASS": "passed", "SKIP": "skipped"}.get(outcome, outcome)
        return found


SUITES = {"python": lambda: Python(more=False), "python-more": lambda: Python(more=True), "git": Git, "coreutils": Coreutils}

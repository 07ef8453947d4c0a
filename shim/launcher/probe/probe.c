/* SPDX-License-Identifier: MIT */
/*
 * First reads the file, which tells why a library would not load and what would help; then runs
 * its loader, which knows everything else. If it can't be decided, the library counts as not
 * loading.
 */
#include "launcher/probe/probe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "launcher/probe/elf.h"
#include "launcher/probe/proof.h"
#include "launcher/probe/script.h"
#include "launcher/probe/search.h"

/* The kernel follows this many interpreters (Linux, fs/exec.c: exec_binprm). */
#define MOST_INTERPRETERS 5

/* Stores a verdict and its reason; whoever prints the reason escapes it. */
__attribute__((format(printf, 3, 4))) static void
say(struct probe *probe, enum probe_verdict verdict, const char *format, ...)
{
    va_list arguments;

    probe->verdict = verdict;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, one line above */
    vsnprintf(probe->reason, sizeof probe->reason, format, arguments);
    va_end(arguments);
}

static void set_program(struct probe *probe, const char *path)
{
    if (path != probe->program)
        snprintf(probe->program, sizeof probe->program, "%s", path);
    probe->loader[0] = '\0';
}

/* ---- a program ---- */

/*
 * As the kernel sets AT_SECURE (security/commoncap.c): for ids that the file changes and
 * capabilities that it gains, unless root runs it.
 */
static int is_privileged(const char *path)
{
    struct stat status;

    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 || stat(path, &status) != 0)
        return 0;
    if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid())
        return 1;
    if ((status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && status.st_gid != getgid())
        return 1;
    return getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
}

static void probe_architecture(struct probe *probe, const struct elf *elf,
                               const struct elf *library)
{
    char its[64];
    char ours[64];

    say(probe, PROBE_OTHER_ARCHITECTURE,
        "is a program for %s, but the library is for %s; run a build for %s, use --trace, or set "
        "NOCLOBBER_LIBRARY to a library for %s",
        elf_describe(elf, its, sizeof its), elf_describe(library, ours, sizeof ours), ours, its);
}

static void probe_static(struct probe *probe, const struct elf *elf)
{
    if (elf->is_go)
        say(probe, PROBE_STATIC,
            "is a Go program, which makes system calls directly and bypasses preloaded libraries; "
            "use --trace, or run another tool");
    else
        say(probe, PROBE_STATIC,
            "is statically linked, so no library can be preloaded into it; use --trace, or run a "
            "dynamically linked build");
}

static void ask_loader(struct probe *probe, const char *library)
{
    char complaint[256];
    int result = search_check(probe->loader);

    if (result == -ENOENT) {
        say(probe, PROBE_NOT_FOUND,
            "needs the dynamic loader '%s', which does not exist; install the libc that it belongs "
            "to",
            probe->loader);
        return;
    }
    result =
        proof_ask(probe->loader, probe->program, library, library, complaint, sizeof complaint);
    if (result > 0)
        say(probe, PROBE_LOADS, "%s", "");
    else if (result < 0)
        say(probe, PROBE_NOT_LOADED, "has a dynamic loader that could not be run: %s; try again",
            strerror(-result));
    else
        say(probe, PROBE_NOT_LOADED,
            "has a dynamic loader, %s, that did not load %s%s%s; set NOCLOBBER_LIBRARY to a "
            "library that it can load, or use --trace",
            probe->loader, library, complaint[0] != '\0' ? ": " : "", complaint);
}

static void probe_elf(struct probe *probe, const struct elf *elf, const char *library)
{
    struct elf library_elf;

    if (library == NULL) { /* it need not load */
        if (elf->is_broken)
            say(probe, PROBE_NOT_EXECUTABLE, "is a damaged program; reinstall it");
        else
            say(probe, PROBE_LOADS, "%s", "");
        return;
    }
    if (elf_read(library, &library_elf) != 0) {
        say(probe, PROBE_NOT_LOADED, "can't load '%s', which is not a library; %s", library,
            "set NOCLOBBER_LIBRARY to one");
        return;
    }
    snprintf(probe->loader, sizeof probe->loader, "%s", elf->loader);
    if (!elf_is_same_architecture(elf, &library_elf))
        probe_architecture(probe, elf, &library_elf);
    else if (elf->is_broken)
        say(probe, PROBE_NOT_EXECUTABLE, "is a damaged program; reinstall it");
    else if (elf->is_go || elf->loader[0] == '\0')
        probe_static(probe, elf);
    else if (is_privileged(probe->program))
        say(probe, PROBE_SET_USER_ID,
            "gains privileges when it starts (set-user-ID, set-group-ID or capabilities), so "
            "preloaded libraries do nothing; run it as the user that it becomes, or use --trace");
    else
        ask_loader(probe, library);
}

/* ---- what a script leads to ---- */

static void probe_file(struct probe *probe, const char *path, const char *library, int level);

/* `result` is from search_program, for the command itself. */
static void probe_missing(struct probe *probe, int result)
{
    if (result == -EACCES)
        say(probe, PROBE_NOT_EXECUTABLE,
            "is not an executable file; name a program, or `chmod +x` it");
    else if (result == -ENOENT || result == -ENOTDIR)
        say(probe, PROBE_NOT_FOUND, "was not found; %s",
            strchr(probe->program, '/') != NULL ? "correct the path, or install it"
                                                : "install it, or add its directory to PATH");
    else
        say(probe, PROBE_NOT_EXECUTABLE, "can't be executed: %s; correct its path",
            strerror(-result));
}

/* As probe_missing, for the interpreter on the first line of the script at `path`. */
static void probe_missing_interpreter(struct probe *probe, int result, const char *path,
                                      const char *wanted)
{
    const int is_absent = result == -ENOENT || result == -ENOTDIR;
    const char *remedy = "install it, or correct that line";

    if (wanted[0] != '\0' && wanted[strlen(wanted) - 1] == '\r')
        remedy = "save the script with Unix line endings (LF, not CR LF)";
    else if (!is_absent)
        remedy = "`chmod +x` it, or correct that line";
    else if (!strchr(wanted, '/'))
        remedy = "install it, or add its directory to PATH";
    say(probe, is_absent ? PROBE_NOT_FOUND : PROBE_NOT_EXECUTABLE,
        "can't be started: the first line of '%.200s' asks for '%.200s', which %s%s; %s", path,
        wanted,
        is_absent ? "was not found" : "can't be executed: ", is_absent ? "" : strerror(-result),
        remedy);
}

/* The program of `#!/usr/bin/env NAME`, after env itself was found to load the library. */
static void probe_env(struct probe *probe, const char *asker, const char *name, const char *library,
                      int level)
{
    char path[sizeof probe->program];
    const int result = search_program(name, path, sizeof path);

    set_program(probe, path);
    if (result != 0)
        probe_missing_interpreter(probe, result, asker, name);
    else
        probe_file(probe, path, library, level + 1);
}

static void probe_script(struct probe *probe, const char *path, const struct script *script,
                         const char *library, int level)
{
    const int result = search_check(script->interpreter);
    const char *const name = script_env_program(script);

    set_program(probe, script->interpreter);
    if (result != 0) {
        probe_missing_interpreter(probe, result, path, script->interpreter);
        return;
    }
    probe_file(probe, script->interpreter, library, level + 1);
    if (probe->verdict == PROBE_LOADS && name)
        probe_env(probe, path, name, library, level);
}

static void probe_file(struct probe *probe, const char *path, const char *library, int level)
{
    struct script script = {"", ""};
    struct elf elf;
    int result = elf_read(path, &elf);

    set_program(probe, path);
    if (result == 0) {
        probe_elf(probe, &elf, library);
        return;
    }
    if (result == -ENOEXEC)
        result = script_read(path, &script);
    if (result == 0 && level < MOST_INTERPRETERS)
        probe_script(probe, path, &script, library, level);
    else if (result == 0)
        say(probe, PROBE_NOT_EXECUTABLE,
            "needs a chain of more than %d interpreters; run the last one", MOST_INTERPRETERS);
    else if (result == -ENOEXEC)
        say(probe, PROBE_NOT_EXECUTABLE,
            "is neither a program for this kernel nor a script; run the program that it is for");
    else if (library != NULL)
        say(probe, PROBE_UNREADABLE,
            "can't be read (%s), so whether it loads the library is unknown; make it readable, or "
            "use --trace",
            strerror(-result));
}

void probe_command(const char *command, const char *library, struct probe *probe)
{
    char path[sizeof probe->program];
    int result;

    memset(probe, 0, sizeof *probe);
    result = search_program(command, path, sizeof path);
    set_program(probe, result == 0 || result == -EACCES ? path : command);
    if (result != 0)
        probe_missing(probe, result);
    else
        probe_file(probe, path, library, 0);
}

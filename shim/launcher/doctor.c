/* SPDX-License-Identifier: MIT */
/* --doctor: each check writes one line or a few, and leaves nothing behind. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/policy.h"
#include "core/sys.h"
#include "launcher/escape.h"
#include "launcher/filesystem.h"
#include "launcher/keep/lease.h"
#include "launcher/keep/seal.h"
#include "launcher/kernel.h"
#include "launcher/probe/probe.h"
#include "launcher/questions.h"
#include "tracer/tracer.h"

/* ---- the lines: "ok|warning|problem  subject: finding; remedy" ---- */

enum finding_level {
    FINDING_OK,
    FINDING_WARNING, /* something works differently, or is worth knowing */
    FINDING_PROBLEM, /* programs would run unprotected */
};

struct findings {
    int problems;
};

static const char *level_name(enum finding_level level)
{
    switch (level) {
    case FINDING_OK: return "ok";
    case FINDING_WARNING: return "warning";
    case FINDING_PROBLEM: return "problem";
    }
    return "";
}

/*
 * Writes one line to stdout and counts problems. `subject` is escaped, and so is `value`, which
 * precedes the text in single quotes unless it is NULL. `text` must not contain a newline; what
 * is unprintable in it is escaped.
 */
static void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                         const char *value, const char *text)
{
    char words[2048];

    escape_words(text, words, sizeof words);
    printf("%-7s  ", level_name(level));
    escape_json(stdout, subject);
    printf(": ");
    if (value) {
        putchar('\'');
        escape_json(stdout, value);
        printf("' ");
    }
    puts(words);
    findings->problems += level == FINDING_PROBLEM;
}

/* ---- the library ---- */

static void check_library(struct findings *findings)
{
    static struct probe probe;
    char library[PATH_MAX] = "";
    const int result = probe_find_library(library, sizeof library);

    if (result < 0) {
        findings_add(findings, FINDING_PROBLEM, "library", result == -EINVAL ? library : NULL,
                     probe_library_fault(result));
        return;
    }
    findings_add(findings, FINDING_OK, "library", library, "is the one in use");
    probe_command("sh", library, &probe);
    if (probe.verdict == PROBE_LOADS)
        findings_add(findings, FINDING_OK, "dynamic programs", probe.loader,
                     "is the loader of sh and loads the library");
    else
        findings_add(findings, FINDING_PROBLEM, "dynamic programs", probe.program, probe.reason);
}

/* ---- the kernel ---- */

static void check_rename(struct findings *findings)
{
    static const char subject[] = "exclusive rename (kernel)";
    struct utsname name = {0};

    uname(&name);
    /* Empty paths give ENOENT if the call reaches the kernel; nothing else is checked first. */
    switch (sys_renameat2(&kernel_sys, AT_FDCWD, "", AT_FDCWD, "", RENAME_NOREPLACE)) {
    case -ENOENT: findings_add(findings, FINDING_OK, subject, name.release, "has renameat2"); break;
    case -ENOSYS:
        findings_add(findings, FINDING_WARNING, subject, name.release,
                     "has no renameat2 (a kernel before 3.15, or a seccomp filter): link+unlink "
                     "and mkdir+rename are used instead; use a newer kernel or container runtime");
        break;
    default:
        findings_add(findings, FINDING_WARNING, subject, name.release,
                     "has a filter against renameat2: link+unlink and mkdir+rename are used "
                     "instead; allow it in the container's seccomp profile");
    }
}

static void check_paths(struct findings *findings)
{
    if (access("/proc/thread-self/fd", X_OK) == 0)
        findings_add(findings, FINDING_OK, "paths", NULL, "can be resolved");
    else
        findings_add(findings, FINDING_WARNING, "/proc", NULL,
                     "is not mounted: if the destination exists and its path is deep or contains a "
                     "symbolic link, a rename can't be decided and is refused");
}

/* Checks an option with `ask`, which returns 0, or an error with its reason. */
static void check_way(struct findings *findings, const char *option, int (*ask)(char *, size_t),
                      const char *works)
{
    char reason[512];

    if (ask(reason, sizeof reason) == 0)
        findings_add(findings, FINDING_OK, option, NULL, works);
    else
        findings_add(findings, FINDING_WARNING, option, NULL, reason);
}

static int check_trace(char *reason, size_t size)
{
    return tracer_check(NULL, reason, size);
}

static void check_restore(struct findings *findings, const char *directory)
{
    char line[256];
    const int result = lease_check(directory);

    snprintf(line, sizeof line, "files here can't be kept: %s", strerror(-result));
    if (result == 0)
        findings_add(findings, FINDING_OK, "--restore", NULL,
                     "works here: your own files can be kept and put back");
    else
        findings_add(findings, FINDING_WARNING, "--restore", NULL, line);
}

/* ---- the filesystem ---- */

/* What the flag does not guarantee if other machines take part; or NULL. */
static const char *shared_note(const char *directory, int offer)
{
    struct statfs facts;

    if (offer == FILESYSTEM_LINKS && filesystem_on_smb(directory))
        return "is SMB, whose exclusive rename holds on this machine only: link+unlink and "
               "mkdir+rename, which hold for every client of the share, are used instead, but not "
               "under --trace";
    if (offer == FILESYSTEM_EXCLUSIVE && statfs(directory, &facts) == 0 &&
        ((unsigned long)facts.f_type & 0xFFFFFFFF) == FUSE_SUPER_MAGIC)
        return "is FUSE, and accepts the flag: exclusive among the programs of this machine; for "
               "others it depends on the server";
    return NULL;
}

static void check_filesystem(struct findings *findings, const char *directory)
{
    const int offer = filesystem_try(directory);
    const char *const note = shared_note(directory, offer);
    char text[256];

    if (note) {
        findings_add(findings, FINDING_WARNING, "filesystem", directory, note);
        return;
    }
    switch (offer) {
    case FILESYSTEM_EXCLUSIVE:
        findings_add(findings, FINDING_OK, "filesystem", directory, "has exclusive rename");
        break;
    case FILESYSTEM_LINKS:
        findings_add(findings, FINDING_WARNING, "filesystem", directory,
                     "has no exclusive rename: link+unlink and mkdir+rename, which are exclusive "
                     "as well, are used instead; use --fallback refuse if you do not want that");
        break;
    case FILESYSTEM_NEITHER:
        findings_add(findings, FINDING_WARNING, "filesystem", directory,
                     "has neither exclusive rename nor links: every rename of a file to a "
                     "protected name is refused (EOPNOTSUPP); publish on another filesystem");
        break;
    case FILESYSTEM_IGNORES:
        findings_add(findings, FINDING_PROBLEM, "filesystem", directory,
                     "accepts the flag but replaces files anyway; publish on another filesystem");
        break;
    default:
        snprintf(text, sizeof text, "could not be tested: %s; name a writable directory",
                 strerror(-offer));
        findings_add(findings, FINDING_WARNING, "filesystem", directory, text);
    }
}

/* ---- what is preloaded, and what is set ---- */

static void check_preloads(struct findings *findings)
{
    const char *const variable = getenv("LD_PRELOAD");
    char *const list = strdup(variable ? variable : "");
    char *rest = NULL;
    int count = 0;

    if (!list) {
        findings_add(findings, FINDING_WARNING, "LD_PRELOAD", NULL,
                     "could not be examined: no memory");
        return;
    }
    for (char *entry = strtok_r(list, ": \t\n", &rest); entry;
         entry = strtok_r(NULL, ": \t\n", &rest), count++)
        if (strchr(entry, '/') && access(entry, R_OK) != 0)
            findings_add(findings, FINDING_WARNING, "LD_PRELOAD", entry,
                         "can't be read: the loader complains at each start; remove it");
        else
            findings_add(findings, FINDING_OK, "LD_PRELOAD", entry,
                         "is preloaded as well; see libnoclobber(7) for known conflicts");
    if (count == 0)
        findings_add(findings, FINDING_OK, "LD_PRELOAD", NULL, "nothing else is preloaded");
    free(list);
}

static void report_error(struct findings *findings, const struct policy_error *error)
{
    char message[POLICY_MESSAGE_MAX + 1];
    const size_t length = policy_error_message(error, message, sizeof message - 1);

    message[length - 1] = '\0'; /* the newline */
    findings_add(findings, FINDING_WARNING, "variables", NULL, message);
}

static void check_variables(struct findings *findings)
{
    const size_t size = policy_storage_size(environ);
    char *const storage = malloc(size + 1);
    struct policy_error error;
    struct policy policy;

    if (!storage)
        return;
    if (policy_parse(&policy, environ, storage, size, &error) < 0)
        report_error(findings, &error);
    else if (policy.mode == POLICY_OFF)
        findings_add(findings, FINDING_PROBLEM, "variables", NULL,
                     "NOCLOBBER_MODE is off: nothing is protected; unset it");
    else if (policy.mode == POLICY_AUDIT)
        findings_add(findings, FINDING_PROBLEM, "variables", NULL,
                     "NOCLOBBER_MODE is audit: nothing is refused; unset it");
    else
        findings_add(findings, FINDING_OK, "variables", NULL,
                     size == 0 ? "none is set" : "are valid");
    free(storage);
}

int doctor(const char *directory)
{
    struct findings findings = {0};

    check_library(&findings);
    check_rename(&findings);
    check_paths(&findings);
    check_way(&findings, "--trace", check_trace,
              "works: static and Go programs can be guarded too");
    check_way(&findings, "--seal", seal_check,
              "works: what is protected can be made read-only for the command");
    check_restore(&findings, directory ? directory : ".");
    check_filesystem(&findings, directory ? directory : ".");
    check_preloads(&findings);
    check_variables(&findings);
    return fflush(stdout) != 0 || findings.problems > 0;
}

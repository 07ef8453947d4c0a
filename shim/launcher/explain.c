/* SPDX-License-Identifier: MIT */
/*
 * --explain: the result of a rename onto a path, from the same filesystem. The path is resolved
 * as the library does it; if its directory does not exist yet, only the existing part is.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/path.h"
#include "engine/spelling.h"
#include "launcher/escape.h"
#include "launcher/forecast.h"
#include "launcher/keep/seal.h"
#include "launcher/kernel.h"
#include "launcher/message.h"
#include "launcher/questions.h"
#include "launcher/session.h"

/* ---- the path ---- */

/* Appends the components of `rest` to the directory in `out`, as if they were directories. */
static int append_absent(const char *rest, char *out, size_t size)
{
    size_t used = strlen(out);

    used -= used == 1;
    while (*rest != '\0') {
        const size_t length = strcspn(rest, "/");

        if (length == 2 && rest[0] == '.' && rest[1] == '.')
            return -ENOENT;
        if (length > 0 && !(length == 1 && rest[0] == '.')) {
            if (used + 1 + length >= size)
                return -ENAMETOOLONG;
            out[used++] = '/';
            memcpy(out + used, rest, length);
            used += length;
        }
        rest += length + (rest[length] == '/');
    }
    out[used] = '\0';
    return 0;
}

/* Resolves the longest existing part of `path`. */
static int resolve_absent(const char *path, char *out, size_t size)
{
    char front[PATH_MAX];
    char found[PATH_MAX];
    size_t length = path_split(path).name;

    if (length >= sizeof front || size < sizeof found)
        return -ENAMETOOLONG;
    memcpy(front, path, length);
    for (front[length] = '\0'; !realpath(length ? front : ".", found); front[length] = '\0') {
        if (errno != ENOENT || length == 0)
            return -errno;
        while (length > 0 && front[length - 1] == '/')
            length--;
        while (length > 0 && front[length - 1] != '/')
            length--;
    }
    memcpy(out, found, strlen(found) + 1);
    return append_absent(path + length, out, size);
}

static int resolve(const char *path, char *out, size_t size)
{
    const int result = path_resolve(&kernel_sys, AT_FDCWD, path, out, size);

    return result == -ENOENT && path[0] != '\0' ? resolve_absent(path, out, size) : result;
}

static const char *resolve_error(const char *path, int error)
{
    if (*path == '\0')
        return "is empty; name a path";
    return error == -EINVAL ? "a rename can't create '.', '..' or '/' (EBUSY)" : strerror(-error);
}

/* ---- what is there ---- */

static void print_there(const char *path, enum there there, const struct stat *facts)
{
    char target[PATH_MAX];
    ssize_t length;

    printf("    there now: ");
    switch (there) {
    case THERE_NOTHING: printf("nothing"); break;
    case THERE_FILE: printf("a regular file of %lld bytes", (long long)facts->st_size); break;
    case THERE_DIRECTORY: printf("an empty directory"); break;
    case THERE_FULL_DIRECTORY: printf("a directory that is not empty"); break;
    case THERE_OTHER: printf("a device, fifo or socket"); break;
    case THERE_UNKNOWN: printf("something that can't be examined"); break;
    case THERE_LINK:
        length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        printf("a symbolic link to ");
        escape_json(stdout, target);
    }
    putchar('\n');
}

/* ---- the rule ---- */

static void print_rule(const char *kind, const char *pattern)
{
    printf("%s:", kind);
    escape_json(stdout, pattern);
}

/* The pattern that would guard a path without ALLOW. */
static const char *excepted_from(const struct policy *policy, const char *path)
{
    struct policy without = *policy;

    without.allow.count = 0;
    return policy_decide(&without, path).pattern;
}

static void print_verdict(const struct policy *policy, const char *path,
                          const struct policy_decision *decision)
{
    const char *protect;

    switch (decision->guard) {
    case POLICY_UNGUARDED: printf("not guarded: no protect pattern matches"); break;
    case POLICY_ALLOWED:
        printf("not guarded: ");
        print_rule("allow", decision->pattern);
        printf(" excepts it from ");
        protect = excepted_from(policy, path);
        if (protect)
            print_rule("protect", protect);
        else
            printf("the default");
        break;
    case POLICY_GUARDED:
        printf("guarded by ");
        if (decision->pattern)
            print_rule("protect", decision->pattern);
        else
            printf("the default: without a protect pattern every destination is guarded");
    }
    putchar('\n');
}

/* ---- what follows ---- */

static void print_forecast(const struct policy *policy, const struct policy_decision *decision,
                           enum kind kind, const struct forecast *forecast)
{
    if (forecast->is_refusal && policy->on_refusal == POLICY_REFUSAL_EXIT)
        puts("ends the program with status 17");
    else if (forecast->is_refusal && forecast->error == -EEXIST)
        puts("is refused: EEXIST");
    else if (forecast->is_refusal)
        puts("is refused: EOPNOTSUPP, because this filesystem has no exclusive rename");
    else if (forecast->error < 0)
        printf("fails: %s\n", strerror(-forecast->error));
    else if (forecast->is_emulated)
        printf("is made by %s: there is nothing to replace\n",
               kind == OF_FILE ? "link and unlink" : "mkdir and rename");
    else if (!forecast->is_replaced)
        puts("succeeds: there is nothing to replace");
    else if (policy->mode == POLICY_OFF)
        puts("replaces it: the mode is off");
    else if (decision->guard == POLICY_GUARDED)
        puts("is recorded, and replaces it: the mode is audit");
    else
        puts("replaces it");
}

/* Returns whether one of the two renames is refused. */
static int print_outcome(const struct policy *policy, const struct policy_decision *decision,
                         const char *path, enum there there)
{
    const struct forecast file = forecast(policy, decision, OF_FILE, path, there);
    const struct forecast directory = forecast(policy, decision, OF_DIRECTORY, path, there);
    const int is_one = !file.is_emulated && memcmp(&file, &directory, sizeof file) == 0;

    printf("    a rename %sonto it ", is_one ? "" : "of a file ");
    print_forecast(policy, decision, OF_FILE, &file);
    if (!is_one) {
        printf("    a rename of a directory onto it ");
        print_forecast(policy, decision, OF_DIRECTORY, &directory);
    }
    return file.is_refusal || directory.is_refusal;
}

static void print_exceptions(unsigned allow_if, enum there there, const struct stat *facts)
{
    POLICY_EACH_CONDITION(3);
    if ((allow_if & POLICY_ALLOW_IF_SAME) && (there == THERE_FILE || there == THERE_LINK))
        printf("    unless allow_if:same: %s may replace it\n",
               there == THERE_FILE ? "a file with the same contents, mode and owner"
                                   : "a symbolic link with the same target");
    if ((allow_if & POLICY_ALLOW_IF_SYMLINK) && there == THERE_LINK)
        puts("    unless allow_if:symlink: another symbolic link may replace it");
    if (!(allow_if & POLICY_ALLOW_IF_EMPTY))
        return;
    if (there == THERE_FILE && facts->st_size == 0)
        puts("    unless allow_if:empty: it is empty, so any file may replace it");
    if (there == THERE_DIRECTORY)
        puts("    unless allow_if:empty: while it is empty, a directory may replace it");
}

/* Prints whether --seal would seal it, as seal_enter decides. */
static void print_seal(const struct policy *policy, enum there there, const struct stat *facts)
{
    if (policy->mode != POLICY_ENFORCE || (there != THERE_FILE && there != THERE_LINK))
        return;
    puts(seal_excepts(policy->allow_if, facts)
             ? "    not sealed: an exception allows replacing it"
             : "    sealed: nothing can replace, change or remove it (EROFS, EBUSY)");
}

static int explain_one(const struct policy *policy, int is_sealing, const char *path)
{
    static _Alignas(8) char entries[4096];
    char resolved[PATH_RESOLVED_MAX];
    char stripped[PATH_RESOLVED_MAX] = "";
    struct policy_decision decision;
    struct stat facts;
    enum there there;
    const int result = resolve(path, resolved, sizeof resolved);

    if (result < 0) {
        message_fault("--explain", path, resolve_error(path, result));
        return OWN_ERROR;
    }
    decision = spelling_decide(&kernel_sys, policy, resolved, entries, sizeof entries);
    /* By the path as given, because a directory on the resolved one may not be searchable. */
    path_strip(path, stripped, sizeof stripped);
    there = forecast_look(stripped, &facts);
    escape_json(stdout, resolved);
    printf(": ");
    print_verdict(policy, resolved, &decision);
    print_there(stripped, there, &facts);
    if (print_outcome(policy, &decision, path, there) && there != THERE_NOTHING)
        print_exceptions(decision.allow_if, there, &facts);
    if (decision.guard == POLICY_GUARDED && is_sealing)
        print_seal(policy, there, &facts);
    return 0;
}

int explain(const struct settings *settings, int is_sealing, char **paths)
{
    int status = 0;

    for (; *paths; paths++)
        if (explain_one(&settings->policy, is_sealing, *paths) != 0)
            status = OWN_ERROR;
    if (fflush(stdout) != 0)
        status = OWN_ERROR;
    return status;
}

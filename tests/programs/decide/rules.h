/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_RULES_H
#define NOCLOBBER_TESTS_DECIDE_RULES_H

/*
 * What the library must answer, derived from the kernel's answers to the same call: plainly, and
 * with RENAME_NOREPLACE, each in a fresh setup.
 */

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/stat.h>

#include "programs/decide/outcome.h"

enum { DECIDE_ENFORCE, DECIDE_AUDIT, DECIDE_PLAIN };

/* DECIDE_… for the word, or -1. */
static int parse_mode(const char *word)
{
    static const char *const modes[] = {"enforce", "audit", "plain"};

    for (int i = 0; i < 3; i++)
        if (strcmp(word, modes[i]) == 0)
            return i;
    return -1;
}

/* For a message. */
static const char *error_name(int error)
{
    return error == 0 ? "success" : strerrorname_np(error);
}

struct expected {
    const char *rule;
    int error;
    const char *tree;
    const char *event; /* the verdict of its event, or NULL */
};

static int is_directory(const struct end *end)
{
    return end->is_there && S_ISDIR(end->mode);
}

static int is_changed(const struct outcome *outcome)
{
    return strcmp(outcome->before, outcome->after) != 0;
}

static struct expected error_of(const char *rule, const struct outcome *plain, int error)
{
    const struct expected expected = {rule, error, plain->before, NULL};

    return expected;
}

static struct expected refused(const char *rule, const struct outcome *plain)
{
    const struct expected expected = {rule, EEXIST, plain->before, "refused"};

    return expected;
}

static struct expected as(const char *rule, const struct outcome *kernel)
{
    const struct expected expected = {rule, kernel->error, kernel->after, NULL};

    return expected;
}

/* Set if the tracer decides: it does not know what the tracee is permitted to do. */
static int asks_tracer;

/* Whether the caller is root. */
static int asks_as_root;

/* Whether plain rename failed for a reason that the library does not check: attributes of a
 * directory; for the tracer, permissions; for a whiteout, reasons of the filesystem. */
static int is_unknown(const struct outcome *plain)
{
    if (plain->error == EINVAL)
        return !is_directory(&plain->source);
    if (plain->error == EPERM && (plain->source.is_fixed || plain->destination.is_fixed))
        return 0;
    return (plain->error == EPERM && asks_as_root) ||
           (asks_tracer && (plain->error == EPERM || plain->error == EACCES));
}

/* A file onto a mounted file, which `noclobber --seal` may have sealed. */
static int is_seal(const struct outcome *plain)
{
    return plain->error == EBUSY && !plain->source.is_mounted && plain->destination.is_mounted &&
           !is_directory(&plain->source) && !is_directory(&plain->destination);
}

/* For these the library reports that the destination exists, before anything else. */
static struct expected after_existence(const struct outcome *plain)
{
    if (is_directory(&plain->destination) && !is_directory(&plain->source))
        return error_of("EISDIR before permissions", plain, EISDIR);
    if (is_directory(&plain->source) && !is_directory(&plain->destination))
        return error_of("ENOTDIR before permissions", plain, ENOTDIR);
    if (plain->destination.is_full_directory)
        return error_of("a full directory", plain, EEXIST);
    return refused("EEXIST before permissions", plain);
}

/* The exclusive call found that the destination exists. */
static struct expected in_the_way(const struct outcome *plain)
{
    if (plain->destination.is_dot)
        return as("destination ends in a dot: as plain", plain);
    switch (plain->error) {
    case 0:
        if (!is_changed(plain))
            return as("one file: nothing happens", plain);
        return refused("would have been replaced", plain);
    case ENOTDIR:
    case EISDIR: return as("types: as plain", plain);
    case ENOTEMPTY: /* also for "x/a" onto "x": there the kernel returns it even for a file */
    case EEXIST:
        if (!is_directory(&plain->source))
            return error_of("types, though the kernel looked at the tree first", plain, EISDIR);
        return error_of("a full directory", plain, EEXIST);
    default:
        if (is_unknown(plain))
            return after_existence(plain);
        if (is_seal(plain))
            return refused("a mounted file, as a sealed one is", plain);
        return as("would not have been replaced: as plain", plain);
    }
}

/* Across filesystems. The program's own NOREPLACE causes no refusal, but an audit records what mv
 * will copy over. */
static struct expected across(int mode, unsigned flags, const struct outcome *plain)
{
    struct expected expected = as("another mount: EXDEV", plain);
    const int own = (flags & RENAME_NOREPLACE) != 0;

    if (plain->destination.is_dot)
        return expected;
    if (mode == DECIDE_AUDIT) {
        if (plain->source.is_there && plain->destination.is_there &&
            !plain->destination.is_full_directory)
            expected.event = "audited";
        return expected;
    }
    if (own)
        return plain->destination.is_there
                   ? error_of("own NOREPLACE, EEXIST before EXDEV", plain, EEXIST)
                   : expected;
    if (!plain->source.is_there)
        return error_of("ENOENT before EXDEV", plain, ENOENT);
    if (plain->destination.is_full_directory)
        return error_of("a full directory before EXDEV", plain, EEXIST);
    return plain->destination.is_there ? refused("EEXIST before EXDEV", plain) : expected;
}

static struct expected enforced(unsigned flags, const struct outcome *plain,
                                const struct outcome *exclusive)
{
    if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_WHITEOUT))
        return as("flags that pass untouched", plain);
    if (exclusive->error == EXDEV)
        return across(DECIDE_ENFORCE, flags, plain);
    if (exclusive->error == EEXIST && !(flags & RENAME_NOREPLACE))
        return in_the_way(plain);
    return as(exclusive->error == 0 ? "nothing in the way" : "the kernel's own error", exclusive);
}

/* Audit and off answer as plain rename does; audit records what enforce would have refused. */
static struct expected let_through(int mode, unsigned flags, const struct outcome *plain,
                                   const struct outcome *exclusive)
{
    struct expected expected = as("as plain", plain);

    if (mode != DECIDE_AUDIT || flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_WHITEOUT))
        return expected;
    if (exclusive->error == EXDEV)
        return across(mode, flags, plain);
    if (exclusive->error == EEXIST && plain->error == 0 && is_changed(plain))
        expected.event = "audited";
    return expected;
}

/* Returns NULL if the kernel's two answers fit together, or a phrase for what does not. */
static const char *contradiction(const struct outcome *plain, const struct outcome *exclusive)
{
    if (exclusive->error == 0 && (plain->error != 0 || strcmp(plain->after, exclusive->after) != 0))
        return "NOREPLACE succeeds where plain rename does not";
    if (exclusive->error != 0 && is_changed(exclusive))
        return "NOREPLACE fails and changes something";
    if (exclusive->error != 0 && exclusive->error != EEXIST && exclusive->error != plain->error)
        return "NOREPLACE has an error of its own";
    return NULL;
}

static struct expected expect(int mode, unsigned flags, const struct outcome *plain,
                              const struct outcome *exclusive)
{
    if (mode == DECIDE_ENFORCE)
        return enforced(flags, plain, exclusive);
    return let_through(mode, flags, plain, exclusive);
}

#endif

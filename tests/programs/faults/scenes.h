/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAULT_SCENES_H
#define NOCLOBBER_TESTS_FAULT_SCENES_H

/*
 * The scenes in which calls are made to fail, one for each path through the library: what is
 * renamed onto what, under which policy, on which kernel, and the result if nothing fails. A scene
 * is played in the current directory, which contains only "source" and "destination".
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>

enum kind {
    NOTHING,
    A_FILE,
    AN_EMPTY_FILE,
    AN_EQUAL_FILE, /* as the source is */
    A_HARD_LINK,   /* to the source */
    A_LINK,
    ANOTHER_LINK,
    A_DIRECTORY,
    A_FULL_DIRECTORY,
};

enum end {
    KEPT,  /* both are unchanged */
    MOVED, /* the destination is the former source, and the source is gone */
};

struct scene {
    const char *name;
    enum kind source;
    enum kind destination;
    const char *variable; /* of the environment, "NAME=value", or NULL */
    int is_unlogged;      /* no NOCLOBBER_LOG; otherwise it is ../log */
    int is_reported;      /* NOCLOBBER_REPORT is ../report */
    int error;            /* the result: 0 or an errno */
    enum end end;
    unsigned flags;    /* of renameat2(2) */
    int missing;       /* the errno of calls with RENAME_NOREPLACE; 0: the kernel supports it */
    int every_rename;  /* the errno of all rename calls; 0: the kernel's own answer */
    int by_descriptor; /* a descriptor gives the destination's directory */
    int is_the_end;    /* it ends the process */
};

#define NO_SUCH_FLAG .missing = EINVAL
#define NO_SUCH_CALL .missing = ENOSYS
#define IS_FORBIDDEN .missing = EPERM

#define SCENE(what, from, onto, set, answer, after, ...)                                           \
    {                                                                                              \
        .name = (what), .source = (from), .destination = (onto), .variable = (set),                \
        .error = (answer), .end = (after), ##__VA_ARGS__                                           \
    }

/* clang-format off */
static const struct scene scenes[] = {
    SCENE("exclusive: a file", A_FILE, NOTHING, NULL, 0, MOVED),
    SCENE("exclusive: a directory", A_FULL_DIRECTORY, NOTHING, NULL, 0, MOVED),

    SCENE("EEXIST: refused", A_FILE, A_FILE, NULL, EEXIST, KEPT,
          .is_unlogged = 1),
    SCENE("EEXIST: refused, logged", A_FILE, A_FILE, NULL, EEXIST, KEPT),
    SCENE("EEXIST: refused, reported", A_FILE, A_FILE, NULL, EEXIST, KEPT,
          .is_unlogged = 1, .is_reported = 1),
    SCENE("EEXIST: refused by a pattern", A_FILE, A_FILE, "NOCLOBBER_PROTECT=dest*", EEXIST, KEPT),
    SCENE("EEXIST: the same by descriptor", A_FILE, A_FILE, "NOCLOBBER_PROTECT=dest*", EEXIST, KEPT,
          .by_descriptor = 1),
    SCENE("EEXIST: refused, a directory", A_FULL_DIRECTORY, A_DIRECTORY, NULL, EEXIST, KEPT),
    SCENE("EEXIST: the process ends", A_FILE, A_FILE, "NOCLOBBER_ON_REFUSAL=exit", EEXIST, KEPT,
          .is_the_end = 1),
    SCENE("EEXIST: outside the patterns", A_FILE, A_FILE, "NOCLOBBER_PROTECT=/srv/", 0, MOVED),
    SCENE("EEXIST: allowed, logged", A_FILE, A_FILE, "NOCLOBBER_ALLOW=dest*", 0, MOVED),
    SCENE("EEXIST: audited, logged", A_FILE, A_FILE, "NOCLOBBER_MODE=audit", 0, MOVED),
    SCENE("EEXIST: a file onto a directory", A_FILE, A_DIRECTORY, NULL, EISDIR, KEPT),
    SCENE("EEXIST: a directory onto a file", A_DIRECTORY, A_FILE, NULL, ENOTDIR, KEPT),
    SCENE("EEXIST: onto a full directory", A_DIRECTORY, A_FULL_DIRECTORY, NULL, EEXIST, KEPT),
    SCENE("EEXIST: one file, two names", A_FILE, A_HARD_LINK, NULL, 0, KEPT),
    SCENE("EEXIST: the program's own flag", A_FILE, A_FILE, NULL, EEXIST, KEPT,
          .flags = RENAME_NOREPLACE),

    SCENE("same: files", A_FILE, AN_EQUAL_FILE, "NOCLOBBER_ALLOW_IF=same", 0, MOVED),
    SCENE("same: links", A_LINK, A_LINK, "NOCLOBBER_ALLOW_IF=same", 0, MOVED),
    SCENE("same: they are not", A_FILE, A_FILE, "NOCLOBBER_ALLOW_IF=same", EEXIST, KEPT),
    SCENE("symlink: onto another", A_LINK, ANOTHER_LINK, "NOCLOBBER_ALLOW_IF=symlink", 0, MOVED),
    SCENE("empty: a file", A_FILE, AN_EMPTY_FILE, "NOCLOBBER_ALLOW_IF=empty", 0, MOVED),
    SCENE("empty: a directory", A_FULL_DIRECTORY, A_DIRECTORY, "NOCLOBBER_ALLOW_IF=empty", 0, MOVED),

    SCENE("EXDEV: nothing there", A_FILE, NOTHING, NULL, EXDEV, KEPT,
          .every_rename = EXDEV),
    SCENE("EXDEV: refused", A_FILE, A_FILE, NULL, EEXIST, KEPT,
          .every_rename = EXDEV),
    SCENE("EXDEV: allowed", A_FILE, A_FILE, "NOCLOBBER_ALLOW=dest*", EXDEV, KEPT,
          .every_rename = EXDEV),

    SCENE("emulated: a file, no such call", A_FILE, NOTHING, NULL, 0, MOVED,
          NO_SUCH_CALL),
    SCENE("emulated: a file, no such flag", A_FILE, NOTHING, NULL, 0, MOVED,
          NO_SUCH_FLAG),
    SCENE("emulated: a file, forbidden", A_FILE, NOTHING, NULL, 0, MOVED,
          IS_FORBIDDEN),
    SCENE("emulated: a link", A_LINK, NOTHING, NULL, 0, MOVED,
          NO_SUCH_FLAG),
    SCENE("emulated: a directory", A_FULL_DIRECTORY, NOTHING, NULL, 0, MOVED,
          NO_SUCH_FLAG),
    SCENE("emulated: an empty directory", A_DIRECTORY, NOTHING, NULL, 0, MOVED,
          NO_SUCH_CALL),
    SCENE("emulated: the program's own flag", A_FILE, NOTHING, NULL, 0, MOVED,
          .flags = RENAME_NOREPLACE, NO_SUCH_FLAG),
    SCENE("emulated: refused", A_FILE, A_FILE, NULL, EEXIST, KEPT,
          NO_SUCH_CALL),
    SCENE("emulated: refused, a directory", A_FULL_DIRECTORY, A_DIRECTORY, NULL, EEXIST, KEPT,
          NO_SUCH_CALL),
    SCENE("emulated: same", A_FILE, AN_EQUAL_FILE, "NOCLOBBER_ALLOW_IF=same", 0, MOVED,
          NO_SUCH_CALL),
    SCENE("emulated: not by this policy", A_FILE, NOTHING, "NOCLOBBER_FALLBACK=refuse", EOPNOTSUPP, KEPT,
          NO_SUCH_FLAG),
};
/* clang-format on */

#define SCENE_COUNT (sizeof scenes / sizeof scenes[0])

/* The errno that the scene's kernel returns for a call without making it, or 0 to make it. `flags`
 * is the fifth argument. */
static inline int forged_answer(const struct scene *scene, long number, unsigned long flags)
{
    if (number == SYS_renameat2 && (flags & RENAME_NOREPLACE) && scene->missing != 0)
        return scene->missing;
    return sys_is_rename(number) || number == SYS_linkat ? scene->every_rename : 0;
}

#endif

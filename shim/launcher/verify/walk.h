/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_WALK_H
#define NOCLOBBER_LAUNCHER_VERIFY_WALK_H

/* Walks a tree for its regular files and symbolic links. */

#include <stddef.h>

struct walk {
    /* Whether to read the directory at this absolute path: 1 or 0. */
    int (*enters)(void *context, const char *directory);
    /*
     * Called for each regular file or symbolic link: its absolute path of `length` bytes, and its
     * name relative to `dirfd`, both valid during the call. Files of one directory follow each
     * other. A nonzero result ends the walk.
     */
    int (*file)(void *context, int dirfd, const char *path, size_t length, const char *name);
    /* Called for each directory that can't be read; the walk goes on without it. */
    void (*blind)(void *context, const char *directory);
    void *context;
};

/*
 * Walks `root`: absolute, a directory or a single file. Symbolic links are not followed; mounts
 * are crossed, except those that store no files (proc, sysfs, cgroups ...). A root that does not
 * exist is empty. One directory is open at a time. Returns 0, -ENOMEM, -EMFILE, -ENFILE, or the
 * result of `file`.
 */
int walk_tree(const struct walk *walk, const char *root);

#endif

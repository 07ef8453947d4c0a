/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_WALK_H
#define NOCLOBBER_LAUNCHER_VERIFY_WALK_H

/* Walking a tree for its regular files and symbolic links. */

#include <stddef.h>

struct walk {
    /* Whether to read the directory at this absolute path: 1 or 0. */
    int (*enters)(void *context, const char *directory);
    /*
     * A regular file or a symbolic link: its absolute path of `length` bytes, and its name for a
     * call that takes `dirfd`. Both are gone when this returns. Those of one directory come one
     * after the other. What is not 0 ends the walk.
     */
    int (*file)(void *context, int dirfd, const char *path, size_t length, const char *name);
    /* A directory that can't be read: it is left out. */
    void (*blind)(void *context, const char *directory);
    void *context;
};

/*
 * Walks what is at `root`: absolute, a directory, or a file by itself. Symbolic links are not
 * followed, mounts are crossed, but not into what is no storage of files (proc, sysfs, control
 * groups and their like). A root that is not there has nothing. One directory is open at a time.
 * Returns 0, -ENOMEM, -EMFILE, -ENFILE, or what `file` said.
 */
int walk_tree(const struct walk *walk, const char *root);

#endif

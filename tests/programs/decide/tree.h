/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_TREE_H
#define NOCLOBBER_TESTS_DECIDE_TREE_H

/*
 * The state of a directory tree as text: for each entry its path, type, permissions, links, the
 * bytes of a file or the target of a link, and which inode it is. Two setups have different inode
 * numbers, so an inode is named by the first name that it had before: "was:b".
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "programs/decide/outcome.h"

#define TREE_NODES 64

struct tree_node {
    dev_t device;
    ino_t inode;
    char name[320];
};

/* The inodes before the call. */
struct tree {
    size_t count;
    struct tree_node nodes[TREE_NODES];
};

enum {
    TREE_BEFORE = 1, /* learn the inodes */
    TREE_LINKS = 2,  /* include link counts */
};

struct tree_walk {
    struct tree *tree;
    int how;
    char *out;
    size_t used;
};

static const char *tree_was(struct tree_walk *walk, const struct stat *facts, const char *name)
{
    struct tree *const tree = walk->tree;

    for (size_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].device == facts->st_dev && tree->nodes[i].inode == facts->st_ino)
            return tree->nodes[i].name;
    if (!(walk->how & TREE_BEFORE) || tree->count == TREE_NODES)
        return "(new)";
    tree->nodes[tree->count].device = facts->st_dev;
    tree->nodes[tree->count].inode = facts->st_ino;
    snprintf(tree->nodes[tree->count].name, sizeof tree->nodes[0].name, "%s", name);
    return tree->nodes[tree->count++].name;
}

static void tree_contents(int dirfd, const char *name, mode_t mode, char *out, size_t size)
{
    ssize_t got = 0;
    int fd;

    if (S_ISLNK(mode)) {
        got = readlinkat(dirfd, name, out, size - 1);
    } else if (S_ISREG(mode)) {
        fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        got = fd < 0 ? 0 : read(fd, out, size - 1);
        close(fd);
    }
    out[got < 0 ? 0 : got] = '\0';
}

static void tree_walk(struct tree_walk *walk, int parent, const char *entry, const char *name);

static int tree_is_name(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void tree_below(struct tree_walk *walk, int parent, const char *entry, const char *name)
{
    const int fd = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct dirent **entries;
    const int count = fd < 0 ? 0 : scandirat(fd, ".", &entries, tree_is_name, alphasort);

    for (int i = 0; i < count; i++) {
        char below[640];

        snprintf(below, sizeof below, "%s%s%s", name, *name != '\0' ? "/" : "", entries[i]->d_name);
        tree_walk(walk, fd, entries[i]->d_name, below);
        free(entries[i]);
    }
    if (count >= 0 && fd >= 0)
        free(entries);
    close(fd);
}

static void tree_walk(struct tree_walk *walk, int parent, const char *entry, const char *name)
{
    char contents[300] = "";
    struct stat facts;
    int wrote;

    if (fstatat(parent, entry, &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
        return;
    tree_contents(parent, entry, facts.st_mode, contents, sizeof contents);
    wrote =
        snprintf(walk->out + walk->used, TREE_TEXT - walk->used, "%s %o %lu '%s' was:%s\n", name,
                 facts.st_mode, walk->how & TREE_LINKS ? (unsigned long)facts.st_nlink : 0ul,
                 contents, tree_was(walk, &facts, name));
    if (wrote > 0)
        walk->used += (size_t)wrote;
    if (walk->used >= TREE_TEXT)
        abort();
    if (S_ISDIR(facts.st_mode))
        tree_below(walk, parent, entry, name);
}

/* Writes the state of `root` to `out`, TREE_TEXT bytes. */
static void tree_take(struct tree *tree, int how, const char *root, char *out)
{
    struct tree_walk walk = {tree, how, out, 0};

    out[0] = '\0';
    if (how & TREE_BEFORE)
        tree->count = 0;
    tree_walk(&walk, AT_FDCWD, root, "");
}

#endif

/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DIFFER_TREE_H
#define NOCLOBBER_TESTS_DIFFER_TREE_H

/*
 * A tree of files as text, in three copies on disk: made from the text, and read back. One line per
 * entry, sorted by name: "KIND NUMBER PATH", and for a link a tab and its target. Kinds: d and r
 * (read-only) directories, f and e (empty) files, l links, c whiteouts. The number identifies the
 * inode: all copies of a text have the same numbers, and a file contains its own; 0 is an inode
 * that did not exist when the copy was made.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "programs/decide/outcome.h"

#define TREE_NODES 64
#define TREE_PATH 4096

struct copy {
    char root[256]; /* absolute */
    int fd;         /* of it */
    unsigned count;
    struct {
        ino_t inode;
        unsigned number;
    } nodes[TREE_NODES];
};

/* ---- text ---- */

/* A parsed line. */
struct line {
    char kind;
    unsigned number;
    char path[TREE_PATH];
    char target[256];
};

/* Reads the line at `text`. Returns where the next one begins, or NULL at the end. */
static const char *read_line(const char *text, struct line *line)
{
    const size_t length = strcspn(text, "\n");
    const char *const path = strchr(text + (*text != '\0' ? 2 : 0), ' ');
    const char *const tab = memchr(text, '\t', length);
    const char *const end = tab ? tab : text + length;

    if (*text == '\0' || !path || (size_t)(end - path) > sizeof line->path)
        return NULL;
    line->kind = text[0];
    line->number = (unsigned)strtoul(text + 2, NULL, 10);
    snprintf(line->path, sizeof line->path, "%.*s", (int)(end - path - 1), path + 1);
    snprintf(line->target, sizeof line->target, "%.*s", tab ? (int)(text + length - tab - 1) : 0,
             tab ? tab + 1 : "");
    return text + length + 1;
}

/* ---- making ---- */

static void learn(struct copy *copy, const char *path, unsigned number)
{
    struct stat facts;

    if (copy->count == TREE_NODES || fstatat(copy->fd, path, &facts, AT_SYMLINK_NOFOLLOW) < 0)
        abort();
    copy->nodes[copy->count].inode = facts.st_ino;
    copy->nodes[copy->count++].number = number;
}

static int make_file(int dirfd, const char *path, const char *content)
{
    const int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    const size_t length = strlen(content);

    if (fd < 0 || write(fd, content, length) != (ssize_t)length)
        return -1;
    return close(fd);
}

/* Makes the entry of a line. `first` is an earlier path with the same number, or NULL. */
static int make_node(const struct copy *copy, const struct line *line, const char *first)
{
    char content[16];

    snprintf(content, sizeof content, "%u", line->number);
    if (first)
        return linkat(copy->fd, first, copy->fd, line->path, 0);
    switch (line->kind) {
    case 'd':
    case 'r': return mkdirat(copy->fd, line->path, 0755);
    case 'f': return make_file(copy->fd, line->path, content);
    case 'e': return make_file(copy->fd, line->path, "");
    case 'l': return symlinkat(line->target, copy->fd, line->path);
    case 'c': return mknodat(copy->fd, line->path, S_IFCHR, 0);
    default: return -1;
    }
}

/* Reads the first line with the number of `line` to `first`. Returns its path; NULL if it is `line`
 * itself. */
static const char *first_of(const char *text, const struct line *line, struct line *first)
{
    while ((text = read_line(text, first)) && first->number != line->number)
        ;
    return text && strcmp(first->path, line->path) != 0 ? first->path : NULL;
}

/* Fills an empty copy from the text. */
static void make_tree(struct copy *copy, const char *text)
{
    const char *at = text;
    struct line line;
    struct line first;

    copy->count = 0;
    while ((at = read_line(at, &line))) {
        const char *const path = line.number == 0 ? NULL : first_of(text, &line, &first);

        if (make_node(copy, &line, path) < 0) {
            printf("not ok cannot make %s below %s: %s\n", line.path, copy->root, strerror(errno));
            abort();
        }
        if (!path)
            learn(copy, line.path, line.number);
    }
    for (at = text; (at = read_line(at, &line));)
        if (line.kind == 'r')
            fchmodat(copy->fd, line.path, 0555, 0);
}

/* ---- reading ---- */

struct entries {
    unsigned count;
    const char *names[TREE_NODES];
    _Alignas(8) char bytes[16384];
};

/* The head of struct linux_dirent64, getdents64(2). */
struct entry {
    unsigned long long inode;
    long long offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Lists the names in the open directory, sorted. */
static void list(int fd, struct entries *entries)
{
    long all = 0;
    long got;

    entries->count = 0;
    while ((got = syscall(SYS_getdents64, fd, entries->bytes + all,
                          sizeof entries->bytes - (size_t)all)) > 0)
        all += got;
    if (got < 0)
        abort();
    for (long at = 0; at < all;) {
        const struct entry *const entry = (const struct entry *)(const void *)(entries->bytes + at);
        unsigned place = entries->count;

        at += entry->length;
        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
            continue;
        if (entries->count++ == TREE_NODES)
            abort();
        for (; place > 0 && strcmp(entries->names[place - 1], entry->name) > 0; place--)
            entries->names[place] = entries->names[place - 1];
        entries->names[place] = entry->name;
    }
}

struct reading {
    const struct copy *copy;
    char *out; /* TREE_TEXT bytes */
    size_t used;
    char path[TREE_PATH];
};

static unsigned number_of(const struct copy *copy, ino_t inode)
{
    for (unsigned i = 0; i < copy->count; i++)
        if (copy->nodes[i].inode == inode)
            return copy->nodes[i].number;
    return 0;
}

static char kind_of(const struct stat *facts)
{
    switch (facts->st_mode & S_IFMT) {
    case S_IFDIR: return facts->st_mode & 0200 ? 'd' : 'r';
    case S_IFREG: return facts->st_size ? 'f' : 'e';
    case S_IFLNK: return 'l';
    case S_IFCHR: return 'c';
    default: return '?';
    }
}

static void read_directory(struct reading *reading, int fd, size_t length);

/* Writes the line of an entry, and those below it. Its path, of `length` bytes, is in the
 * reading. */
static void read_entry(struct reading *reading, int parent, const char *name, size_t length)
{
    char target[256] = "";
    struct stat facts;
    ssize_t got;
    int wrote;
    int fd;

    if (fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) < 0)
        abort();
    if (S_ISLNK(facts.st_mode)) {
        target[0] = '\t';
        got = readlinkat(parent, name, target + 1, sizeof target - 2);
        target[1 + (got < 0 ? 0 : got)] = '\0';
    }
    wrote = snprintf(reading->out + reading->used, TREE_TEXT - reading->used, "%c %u %.*s%s\n",
                     kind_of(&facts), number_of(reading->copy, facts.st_ino), (int)length,
                     reading->path, target);
    reading->used += (size_t)wrote;
    if (reading->used >= TREE_TEXT)
        abort();
    if (!S_ISDIR(facts.st_mode))
        return;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    read_directory(reading, fd, length);
    close(fd);
}

static void read_directory(struct reading *reading, int fd, size_t length)
{
    struct entries entries;

    list(fd, &entries);
    for (unsigned i = 0; i < entries.count; i++) {
        const size_t name = strlen(entries.names[i]);
        size_t end = length;

        if (length > 0)
            reading->path[end++] = '/';
        if (end + name >= sizeof reading->path)
            abort();
        memcpy(reading->path + end, entries.names[i], name + 1);
        read_entry(reading, fd, entries.names[i], end + name);
    }
}

/* Writes the text of the copy, read from disk, to `out`. */
static void read_tree(const struct copy *copy, char *out)
{
    struct reading reading = {.copy = copy, .out = out};

    out[0] = '\0';
    lseek(copy->fd, 0, SEEK_SET);
    read_directory(&reading, copy->fd, 0);
}

/* Whether each file of the text that has a number contains it. */
static int has_contents(const struct copy *copy, const char *text)
{
    struct line line;

    while ((text = read_line(text, &line))) {
        char wanted[16];
        char found[16];
        ssize_t got;
        int fd;

        if (line.kind != 'f')
            continue;
        fd = openat(copy->fd, line.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        got = fd < 0 ? -1 : read(fd, found, sizeof found);
        close(fd);
        snprintf(wanted, sizeof wanted, "%u", line.number);
        if (got != (ssize_t)strlen(wanted) || memcmp(found, wanted, (size_t)got) != 0)
            return 0;
    }
    return 1;
}

/* ---- removing ---- */

static void clear_directory(int fd)
{
    struct entries entries;

    lseek(fd, 0, SEEK_SET);
    list(fd, &entries);
    for (unsigned i = 0; i < entries.count; i++) {
        int below;

        if (unlinkat(fd, entries.names[i], 0) == 0)
            continue;
        fchmodat(fd, entries.names[i], 0755, 0);
        below = openat(fd, entries.names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        clear_directory(below);
        close(below);
        unlinkat(fd, entries.names[i], AT_REMOVEDIR);
    }
}

static void clear_tree(struct copy *copy)
{
    clear_directory(copy->fd);
    copy->count = 0;
}

static void open_copy(struct copy *copy, const char *below, const char *name)
{
    snprintf(copy->root, sizeof copy->root, "%s/%s", below, name);
    if (mkdir(copy->root, 0755) < 0) {
        perror(copy->root);
        exit(125);
    }
    copy->fd = open(copy->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_copy(struct copy *copy)
{
    clear_tree(copy);
    close(copy->fd);
    rmdir(copy->root);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Directories are kept on a stack as absolute paths and opened one at a time: depth costs neither
 * descriptors nor stack. Only a path over PATH_MAX is too deep; it counts as unreadable.
 */
#include "launcher/verify/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The paths on the stack, NUL-terminated, one after the other; the last is taken first. */
struct stack {
    char *bytes;
    size_t used;
    size_t size;
};

struct state {
    const struct walk *walk;
    struct stack waiting;
    char path[PATH_MAX + NAME_MAX + 2];
    size_t length; /* of the directory at the front of `path`, with its slash */
};

/* ---- the stack ---- */

static int push(struct stack *stack, const char *path, size_t length)
{
    if (stack->used + length + 1 > stack->size) {
        const size_t size = 2 * (stack->size + length + 1);
        char *const bytes = realloc(stack->bytes, size);

        if (!bytes)
            return -ENOMEM;
        stack->bytes = bytes;
        stack->size = size;
    }
    memcpy(stack->bytes + stack->used, path, length);
    stack->bytes[stack->used + length] = '\0';
    stack->used += length + 1;
    return 0;
}

/* Pops the last path into `out`, which has room for any; returns its length. */
static size_t pop(struct stack *stack, char *out)
{
    size_t start = stack->used - 1;
    size_t length;

    while (start > 0 && stack->bytes[start - 1] != '\0')
        start--;
    length = stack->used - 1 - start;
    memcpy(out, stack->bytes + start, length + 1);
    stack->used = start;
    return length;
}

/* ---- one directory ---- */

/* Filesystems of kernel state: they store nothing, and some are endless. */
static int is_storage(int fd)
{
    struct statfs facts;

    if (fstatfs(fd, &facts) < 0)
        return 1;
    switch ((unsigned long)facts.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case SECURITYFS_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case BPF_FS_MAGIC: return 0;
    default: return 1;
    }
}

/* The type of an entry: DT_REG, DT_LNK, DT_DIR, or DT_UNKNOWN for all others. */
static int type_of(int dirfd, const struct dirent *entry)
{
    struct stat facts;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(dirfd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_UNKNOWN;
    return (int)IFTODT(facts.st_mode);
}

static int is_dot(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static int visit(struct state *state, int dirfd, const struct dirent *entry)
{
    const size_t length = state->length + strlen(entry->d_name);
    int type;

    if (is_dot(entry->d_name) || length + 1 > sizeof state->path)
        return 0;
    type = type_of(dirfd, entry);
    memcpy(state->path + state->length, entry->d_name, length + 1 - state->length);
    if (type == DT_DIR)
        return state->walk->enters(state->walk->context, state->path)
                   ? push(&state->waiting, state->path, length)
                   : 0;
    if (type == DT_REG || type == DT_LNK)
        return state->walk->file(state->walk->context, dirfd, state->path, length, entry->d_name);
    return 0;
}

/* errno distinguishes an error of readdir(3) from the end. */
static int read_entries(struct state *state, DIR *stream)
{
    const struct dirent *entry;
    int result = 0;

    while (result == 0) {
        errno = 0;
        entry = readdir(stream);
        if (!entry)
            break;
        result = visit(state, dirfd(stream), entry);
    }
    if (result == 0 && errno != 0) {
        state->path[state->length] = '\0';
        state->walk->blind(state->walk->context, state->path);
    }
    return result;
}

/*
 * A directory that can't be opened: without permission it is reported as unreadable, but without
 * memory or descriptors the walk fails. Returns 0 or -errno.
 */
static int pass_by(const struct state *state, int error)
{
    if (error == ENOMEM || error == EMFILE || error == ENFILE)
        return -error;
    if (error != ENOENT)
        state->walk->blind(state->walk->context, state->path);
    return 0;
}

/* Reads the directory with the path of `length` bytes in `state->path`. */
static int read_directory(struct state *state, size_t length)
{
    const int fd = open(state->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream;
    int result = 0;

    if (fd >= 0 && !is_storage(fd)) {
        close(fd);
        return 0;
    }
    stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        result = pass_by(state, errno);
        if (fd >= 0)
            close(fd);
        return result;
    }
    if (state->path[length - 1] != '/')
        state->path[length++] = '/';
    state->length = length;
    result = read_entries(state, stream);
    closedir(stream);
    return result;
}

/* ---- the tree ---- */

static int walk_directory(const struct walk *walk, const char *root)
{
    struct state *const state = calloc(1, sizeof *state);
    int result;

    if (!state)
        return -ENOMEM;
    state->walk = walk;
    result = push(&state->waiting, root, strlen(root));
    while (result == 0 && state->waiting.used > 0)
        result = read_directory(state, pop(&state->waiting, state->path));
    free(state->waiting.bytes);
    free(state);
    return result;
}

int walk_tree(const struct walk *walk, const char *root)
{
    struct stat facts;

    if (lstat(root, &facts) < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            walk->blind(walk->context, root);
        return 0;
    }
    if (S_ISDIR(facts.st_mode))
        return walk->enters(walk->context, root) ? walk_directory(walk, root) : 0;
    if (S_ISREG(facts.st_mode) || S_ISLNK(facts.st_mode))
        return walk->file(walk->context, AT_FDCWD, root, strlen(root), root);
    return 0;
}

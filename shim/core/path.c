/* SPDX-License-Identifier: MIT */
#include "core/path.h"

#include <errno.h>
#include <string.h>

#include "core/text.h"

/* ---- the words of a path ---- */

static int is_dot(const char *name, size_t length)
{
    return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

struct path_parts path_split(const char *path)
{
    const size_t whole = strlen(path);
    size_t end = whole;
    size_t name;
    struct path_parts parts;

    while (end > 0 && path[end - 1] == '/')
        end--;
    for (name = end; name > 0 && path[name - 1] != '/';)
        name--;
    parts.name = name;
    parts.length = end - name;
    parts.parent = name;
    parts.has_trailing_slash = end < whole;
    parts.last =
        parts.length == 0 || is_dot(path + name, parts.length) ? PATH_LAST_DOT : PATH_LAST_NAME;
    return parts;
}

static int copy_string(const char *bytes, size_t length, char *out, size_t size)
{
    if (length >= size)
        return -ENAMETOOLONG;
    memcpy(out, bytes, length);
    out[length] = '\0';
    return 0;
}

int path_strip(const char *path, char *out, size_t size)
{
    const struct path_parts parts = path_split(path);

    return copy_string(path, parts.name + parts.length, out, size);
}

/* ---- names below /proc ---- */

/* A thread may have a working directory (CLONE_FS) and a table of descriptors of its own, and
 * outlive the first one: hence thread-self, Linux 3.17. */
void path_proc_name(char out[PATH_PROC_NAME_MAX], int pid, const char *entry, int number)
{
    struct text text;

    text_begin(&text, out, PATH_PROC_NAME_MAX);
    text_puts(&text, "/proc/");
    if (pid == 0)
        text_puts(&text, "thread-self");
    else
        text_put_number(&text, (unsigned)pid, 0);
    text_puts(&text, entry);
    if (number >= 0)
        text_put_number(&text, (unsigned)number, 0);
    text_put(&text, "", 1);
}

int path_read_directory(const struct sys *sys, int pid, const char *entry, int number, char *out,
                        size_t size)
{
    char name[PATH_PROC_NAME_MAX];
    long length;

    path_proc_name(name, pid, entry, number);
    length = sys_readlink_own(sys, name, out, size);
    if (length < 0)
        return (int)length;
    if ((size_t)length >= size)
        return -ENAMETOOLONG;
    out[length] = '\0';
    return out[0] == '/' ? 0 : -ENOENT;
}

int path_read_descriptor(const struct sys *sys, int fd, char *out, size_t size)
{
    const int result = path_read_directory(sys, 0, "/fd/", fd, out, size);

    sys_close(sys, fd);
    return result;
}

/* ---- resolving ---- */

/* The parent directory: in `out` at first as the caller wrote it, then as the kernel names it. */

static int resolve_own_parent(const struct sys *sys, int dirfd, char *out, size_t size)
{
    int fd;

    if (out[0] == '\0')
        return dirfd == AT_FDCWD ? path_read_directory(sys, 0, "/cwd", -1, out, size)
                                 : path_read_directory(sys, 0, "/fd/", dirfd, out, size);
    fd = sys_openat(sys, dirfd, out, O_PATH | O_DIRECTORY);
    return fd < 0 ? fd : path_read_descriptor(sys, fd, out, size);
}

int path_take_parent(const char *path, char *out, size_t size)
{
    const struct path_parts parts = path_split(path);

    return parts.last == PATH_LAST_NAME ? copy_string(path, parts.parent, out, size) : -EINVAL;
}

int path_append_last(const char *path, char *out, size_t size)
{
    const struct path_parts parts = path_split(path);
    size_t used = strlen(out);

    if (used > 1)
        out[used++] = '/';
    return copy_string(path + parts.name, parts.length, out + used, size - used);
}

int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size)
{
    int result = path_take_parent(path, out, size);

    if (result == 0)
        result = resolve_own_parent(sys, dirfd, out, size);
    return result < 0 ? result : path_append_last(path, out, size);
}

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
    const size_t length = parts.name + parts.length;

    return copy_string(path, length == 0 && path[0] == '/' ? 1 : length, out, size);
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

/* ---- the parent directory, as the kernel names it ---- */

/* The working directory: cheaper than its link below /proc, and there without it. */
static int read_working_directory(const struct sys *sys, char *out, size_t size)
{
    const long length = sys_getcwd(sys, out, size);

    if (length < 0)
        return length == -ERANGE ? -ENAMETOOLONG : (int)length;
    return out[0] == '/' ? 0 : -ENOENT;
}

/* Appends the words of the parent `path[0, length)` to the directory in `out`, without the empty
 * and `.` ones. -ENOTSUP where there is a `..`, which words cannot follow. */
static int append_words(const char *path, size_t length, char *out, size_t size)
{
    size_t used = strlen(out);
    size_t end;

    if (used == 1)
        used = 0;
    for (size_t word = 0; word < length; word = end + 1) {
        for (end = word; end < length && path[end] != '/';)
            end++;
        if (end == word || (end == word + 1 && path[word] == '.'))
            continue;
        if (is_dot(path + word, end - word))
            return -ENOTSUP;
        if (used + 1 + (end - word) >= size)
            return -ENAMETOOLONG;
        out[used++] = '/';
        memcpy(out + used, path + word, end - word);
        used += end - word;
    }
    if (used == 0)
        out[used++] = '/';
    out[used] = '\0';
    return 0;
}

/* Puts the directory that the words of `path` begin in to `out`. -ENOTSUP for one by descriptor. */
static int put_start(const struct sys *sys, int dirfd, const char *path, char *out, size_t size)
{
    if (path[0] == '/')
        return copy_string("/", 1, out, size);
    return dirfd == AT_FDCWD ? read_working_directory(sys, out, size) : -ENOTSUP;
}

/*
 * Where no symbolic link is on the way, the words are the name: openat2(2) says whether that is so,
 * at a third of the price of a link below /proc. Fails wherever it is not known to be so. Relative
 * words are asked about from the working directory itself, and not by its name, which may lead to
 * what was mounted over it since.
 */
static int resolve_by_words(const struct sys *sys, int dirfd, const char *path, size_t length,
                            char *out, size_t size)
{
    int result = put_start(sys, dirfd, path, out, size);
    const size_t start = result < 0 ? 0 : strlen(out);

    if (result == 0)
        result = append_words(path, length, out, size);
    if (result < 0 || out[start] == '\0')
        return result;
    result = sys_open_without_symlinks(sys, path[0] == '/' ? out : out + start + (start > 1));
    if (result >= 0)
        sys_close(sys, result);
    return result < 0 ? result : 0;
}

/* The same for any path. `out` holds the words of the parent. */
static int resolve_by_descriptor(const struct sys *sys, int dirfd, char *out, size_t size)
{
    int fd;

    if (out[0] == '\0' && dirfd == AT_FDCWD)
        return read_working_directory(sys, out, size);
    fd = sys_openat(sys, dirfd, out[0] == '\0' ? "." : out, O_PATH | O_DIRECTORY);
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
    const struct path_parts parts = path_split(path);
    int result;

    if (parts.last != PATH_LAST_NAME)
        return -EINVAL;
    result = resolve_by_words(sys, dirfd, path, parts.parent, out, size);
    if (result < 0) {
        result = path_take_parent(path, out, size);
        if (result == 0)
            result = resolve_by_descriptor(sys, dirfd, out, size);
    }
    return result < 0 ? result : path_append_last(path, out, size);
}

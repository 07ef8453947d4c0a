/* SPDX-License-Identifier: MIT */
#include "core/path.h"

#include <errno.h>
#include <string.h>

#include "core/text.h"

/* ---- the components of a path ---- */

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

/* thread-self (Linux 3.17), not self: a thread may have its own working directory and descriptor
 * table (no CLONE_FS or CLONE_FILES), and may outlive the main thread. */
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

TEXT_GUARDED int path_read_directory(const struct sys *sys, int pid, const char *entry, int number,
                                     char *out, size_t size)
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

/* ---- the parent directory, and its path ---- */

/* getcwd(2) is cheaper than the link in /proc, and works without /proc. */
static int read_working_directory(const struct sys *sys, char *out, size_t size)
{
    const long length = sys_getcwd(sys, out, size);

    if (length < 0)
        return length == -ERANGE ? -ENAMETOOLONG : (int)length;
    return out[0] == '/' ? 0 : -ENOENT;
}

/* Appends the components of the parent `path[0, length)` to the directory in `out`, except empty
 * ones and `.`. -ENOTSUP if one is `..`: what it means depends on symbolic links. */
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

/*
 * Opens the directory `words`, "/a/b" below the root or the working directory, one component at a
 * time. Returns a descriptor, or -errno. Fails on a symbolic link: otherwise the lexical path is
 * the real one. `words` is written to and restored.
 *
 * openat2(2) would do this in one call, but a seccomp filter that allows rename may kill the
 * process for it (chronyd 4.3).
 */
static int walk(const struct sys *sys, char *words, int is_absolute)
{
    char *word = words;
    int fd = AT_FDCWD;

    while (*word == '/') {
        char *end = word + 1;
        char kept;
        int next;

        while (*end != '\0' && *end != '/')
            end++;
        kept = *end;
        *end = '\0';
        next = sys_open_word(sys, fd, word == words && is_absolute ? word : word + 1);
        *end = kept;
        if (fd >= 0)
            sys_close(sys, fd);
        if (next < 0)
            return next;
        fd = next;
        word = end;
    }
    return fd;
}

static int count_words(const char *words)
{
    int count = 0;

    for (; *words != '\0'; words++)
        count += *words == '/';
    return count;
}

/* With more components than this, one open and one readlink in /proc are cheaper. */
#define WALK_MAX 6

/* Opens the parent by its lexical path. Fails if that is not its real one. */
static int hold_by_words(const struct sys *sys, int dirfd, const char *path, size_t length,
                         char *out, size_t size, int *parent)
{
    const int is_absolute = path[0] == '/';
    size_t start = 0;
    int result;

    if (dirfd != AT_FDCWD && !is_absolute)
        return -ENOTSUP;
    result = is_absolute ? copy_string("/", 1, out, size) : read_working_directory(sys, out, size);
    if (result < 0)
        return result;
    if (!is_absolute && strlen(out) > 1)
        start = strlen(out);
    result = append_words(path, length, out, size);
    if (result < 0)
        return result;
    if (!is_absolute && out[start + (start == 0)] == '\0') {
        *parent = AT_FDCWD;
        return 0;
    }
    if (count_words(out + start) > WALK_MAX)
        return -ENOTSUP;
    *parent = walk(sys, out + start, is_absolute);
    return *parent < 0 ? *parent : 0;
}

int path_open_parent(const struct sys *sys, int dirfd, const char *path, char *buffer, size_t size,
                     int *parent)
{
    int result = path_take_parent(path, buffer, size);

    if (result < 0)
        return result;
    if (buffer[0] == '\0' && dirfd == AT_FDCWD) {
        *parent = AT_FDCWD;
        return 0;
    }
    *parent = sys_openat(sys, dirfd, buffer[0] == '\0' ? "." : buffer, O_PATH | O_DIRECTORY);
    return *parent < 0 ? *parent : 0;
}

/* Opens the parent by any path, and asks /proc for the real one. */
static int hold_by_descriptor(const struct sys *sys, int dirfd, const char *path, char *out,
                              size_t size, int *parent)
{
    int result = path_open_parent(sys, dirfd, path, out, size, parent);

    if (result < 0)
        return result;
    if (*parent == AT_FDCWD)
        return read_working_directory(sys, out, size);
    result = path_read_directory(sys, 0, "/fd/", *parent, out, size);
    if (result < 0)
        path_release(sys, *parent);
    return result;
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

int path_hold(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
              int *parent)
{
    const struct path_parts parts = path_split(path);
    int result;

    if (parts.last != PATH_LAST_NAME)
        return -EINVAL;
    result = hold_by_words(sys, dirfd, path, parts.parent, out, size, parent);
    if (result < 0)
        result = hold_by_descriptor(sys, dirfd, path, out, size, parent);
    if (result < 0)
        return result;
    result = path_append_last(path, out, size);
    if (result < 0)
        path_release(sys, *parent);
    return result;
}

void path_release(const struct sys *sys, int parent)
{
    if (parent >= 0)
        sys_close(sys, parent);
}

int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size)
{
    int parent;
    const int result = path_hold(sys, dirfd, path, out, size, &parent);

    if (result == 0)
        path_release(sys, parent);
    return result;
}

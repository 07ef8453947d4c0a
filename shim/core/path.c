/* SPDX-License-Identifier: MIT */
#include "core/path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/text.h"

/* ---- the components of a path ---- */

static int is_dot(const char *name, size_t length)
{
    return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

int path_check(const struct sys *sys, int dirfd, const char *path)
{
    size_t length = 0;
    char byte;

    if (sys_readlinkat(sys, dirfd, path, &byte, 1) == -EFAULT)
        return -EFAULT;
    while (length < PATH_MAX && path[length] != '\0')
        length++;
    return length == PATH_MAX ? -ENAMETOOLONG : 0;
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

/* Appends the components of `path` to the directory in `out`, except empty ones and `.`. -ENOTSUP
 * if one is `..`: what it means depends on symbolic links. */
static int append_components(const char *path, char *out, size_t size, struct path_words *words)
{
    size_t used = strlen(out);
    size_t length;

    if (used == 1)
        used = 0;
    for (words->count = 0; *path != '\0'; path += length + (path[length] == '/')) {
        for (length = 0; path[length] != '\0' && path[length] != '/';)
            length++;
        if (length == 0 || (length == 1 && *path == '.'))
            continue;
        if (is_dot(path, length))
            return -ENOTSUP;
        if (used + 1 + length >= size)
            return -ENAMETOOLONG;
        words->last = out + used;
        words->count++;
        out[used++] = '/';
        memcpy(out + used, path, length);
        used += length;
    }
    out[used] = '\0';
    return 0;
}

int path_spell(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
               struct path_words *words)
{
    const int is_absolute = path[0] == '/';
    int result;

    if (dirfd != AT_FDCWD && !is_absolute)
        return -ENOTSUP;
    result = is_absolute ? copy_string("/", 1, out, size) : read_working_directory(sys, out, size);
    if (result < 0)
        return result;
    words->first = is_absolute ? out : out + strlen(out) + (out[1] != '\0');
    return append_components(path, out, size, words);
}

/* Returns 0 if `path` is a directory and not a symbolic link, else -errno. */
static int see_directory(const struct sys *sys, const char *path)
{
    struct statx facts;
    const int result = sys_statx_own(sys, path, &facts);

    return result == 0 && (facts.stx_mode & S_IFMT) != S_IFDIR ? -ENOTDIR : result;
}

/* Opens the directory `word` below `fd`, and closes `fd`. */
static int step(const struct sys *sys, int fd, const char *word)
{
    const int next = sys_open_word(sys, fd, word);

    path_release(sys, fd);
    return next;
}

int path_hold_words(const struct sys *sys, const struct path_words *words, enum path_proof proof,
                    int *parent)
{
    const char *word = words->first;
    int fd = AT_FDCWD;
    int result = 0;

    if (words->count - 1 > PATH_WALK_MAX)
        return -ENOTSUP;
    /* The first slash of "/a/name" belongs to the first component; that of "/name" is the root. */
    for (char *at = words->first + (words->first != words->last); at <= words->last && result >= 0;
         at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (proof == PATH_PROOF_OPENED || at == words->last)
            fd = result = step(sys, fd, *word == '\0' ? "/" : word);
        else
            result = see_directory(sys, word);
        *at = '/';
        if (proof == PATH_PROOF_OPENED)
            word = at + 1;
    }
    *parent = fd;
    return result < 0 ? result : 0;
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

/* Asks for the path of an open directory. */
static int resolve_parent(const struct sys *sys, int parent, char *out, size_t size)
{
    return parent == AT_FDCWD ? read_working_directory(sys, out, size)
                              : path_read_directory(sys, 0, "/fd/", parent, out, size);
}

int path_hold_resolved(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
                       int *parent)
{
    int result = path_open_parent(sys, dirfd, path, out, size, parent);

    if (result < 0)
        return result;
    result = resolve_parent(sys, *parent, out, size);
    if (result == 0)
        result = path_append_last(path, out, size);
    if (result < 0)
        path_release(sys, *parent);
    return result;
}

int path_take_parent(const char *path, char *out, size_t size)
{
    const struct path_parts parts = path_split(path);

    return parts.last == PATH_LAST_NAME ? copy_string(path, parts.name, out, size) : -EINVAL;
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
    struct path_words words;
    int result;

    if (path_split(path).last != PATH_LAST_NAME)
        return -EINVAL;
    result = path_spell(sys, dirfd, path, out, size, &words);
    if (result == 0)
        result = path_hold_words(sys, &words, PATH_PROOF_OPENED, parent);
    return result < 0 ? path_hold_resolved(sys, dirfd, path, out, size, parent) : 0;
}

void path_release(const struct sys *sys, int parent)
{
    if (parent >= 0)
        sys_close(sys, parent);
}

int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size)
{
    int parent = -1;
    const int result = path_hold(sys, dirfd, path, out, size, &parent);

    if (result == 0)
        path_release(sys, parent);
    return result;
}

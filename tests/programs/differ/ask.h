/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DIFFER_ASK_H
#define NOCLOBBER_TESTS_DIFFER_ASK_H

/* One random rename, made in one of the copies of a tree. */

#include <linux/openat2.h>
#include <sched.h>

#include "programs/differ/random.h"

#define SENTINEL 4242

/* The answer to a rename. */
struct reply {
    int result;
    int error; /* 0: success */
    int kept;  /* errno was left alone */
};

static int open_below(const struct copy *copy, const char *path, int flags)
{
    return openat(copy->fd, *path ? path : ".", flags | O_CLOEXEC);
}

static int open_place(const struct copy *copy, const struct end_path *path)
{
    switch (path->from) {
    case FROM_CWD: return AT_FDCWD;
    case FROM_DIRECTORY: return open_below(copy, path->directory, O_RDONLY | O_DIRECTORY);
    case FROM_O_PATH: return open_below(copy, path->directory, O_PATH);
    case FROM_FILE: return open_below(copy, path->directory, O_RDONLY | O_NOFOLLOW);
    case FROM_NEGATIVE: return -1;
    case FROM_CLOSED: return 1000000;
    }
    abort();
}

static void close_place(const struct end_path *path, int fd)
{
    if (path->from == FROM_DIRECTORY || path->from == FROM_O_PATH || path->from == FROM_FILE)
        close(fd);
}

static const char *spell(const struct copy *copy, const struct end_path *path, char *buffer)
{
    if (!path->is_absolute)
        return path->text;
    snprintf(buffer, PATH_TEXT + sizeof copy->root, "%s/%s", copy->root, path->text);
    return buffer;
}

/* Changes the working directory of the calling thread alone to the request's, in the copy. */
static void enter(const struct copy *copy, const struct request *request)
{
    const int fd = open_below(copy, request->cwd, O_PATH | O_DIRECTORY);

    if (fd < 0 || fchdir(fd) < 0)
        abort();
    close(fd);
}

static void ask_in(const struct copy *copy, const struct request *request, enum asked by,
                   struct reply *reply)
{
    char source[PATH_TEXT + sizeof copy->root];
    char destination[PATH_TEXT + sizeof copy->root];
    const struct arguments call = {
        open_place(copy, &request->source),
        spell(copy, &request->source, source),
        open_place(copy, &request->destination),
        spell(copy, &request->destination, destination),
        request->flags,
    };

    enter(copy, request);
    errno = SENTINEL;
    reply->result = (int)ask(by, &call);
    reply->kept = errno == SENTINEL;
    reply->error = reply->result == 0 ? 0 : errno;
    close_place(&request->source, call.source_at);
    close_place(&request->destination, call.destination_at);
}

/* Looks at both ends in the copy. */
static void look_in(const struct copy *copy, const struct request *request, struct end *source,
                    struct end *destination)
{
    char buffer[PATH_TEXT + sizeof copy->root];
    int fd = open_place(copy, &request->source);

    enter(copy, request);
    look_at(fd, spell(copy, &request->source, buffer), source);
    close_place(&request->source, fd);
    fd = open_place(copy, &request->destination);
    look_at(fd, spell(copy, &request->destination, buffer), destination);
    close_place(&request->destination, fd);
}

static int has_openat2(void)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH};
    const long fd = raw_call(SYS_openat2, AT_FDCWD, (long)".", (long)&how, sizeof how, 0, 0);

    if (fd >= 0)
        close((int)fd);
    return fd >= 0;
}

/* Whether the path stays inside the copy up to its last component, with all `..` and links. */
static int is_inside(const struct copy *copy, const struct request *request,
                     const struct end_path *path)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH};
    const char *const from = path->from == FROM_CWD ? request->cwd : path->directory;
    const size_t text = strlen(path->text);
    size_t parent = text;
    char way[TREE_PATH + PATH_TEXT];
    long fd;

    while (parent > 0 && path->text[parent - 1] == '/')
        parent--;
    while (parent > 0 && path->text[parent - 1] != '/')
        parent--;
    snprintf(way, sizeof way, "./%s/%.*s", path->is_absolute ? "" : from, (int)parent, path->text);
    do /* EAGAIN: a rename happened meanwhile, anywhere */
        fd = raw_call(SYS_openat2, copy->fd, (long)way, (long)&how, sizeof how, 0, 0);
    while (fd == -EAGAIN);
    if (fd >= 0)
        close((int)fd);
    return fd != -EXDEV && fd != -ENAMETOOLONG;
}

/* ---- printing the request ---- */

static void print_end(const struct end_path *path)
{
    static const char *const places[] = {
        "", "descriptor of ", "O_PATH of ", "descriptor of file ", "-1", "a closed descriptor"};

    if (path->from != FROM_CWD)
        printf("%s%s, ", places[path->from], *path->directory ? path->directory : "");
    printf("\"%s%s\"", path->is_absolute ? "ROOT/" : "", path->text);
}

static void print_request(const struct request *request)
{
    printf("# in \"%s\": %s(", *request->cwd ? request->cwd : ".", asked_names[request->by]);
    print_end(&request->source);
    printf(", ");
    print_end(&request->destination);
    printf(", flags %#x)\n", request->flags);
}

#endif

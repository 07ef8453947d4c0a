/* SPDX-License-Identifier: MIT */
/*
 * core/path.h and tracer/view.h in a real tree against realpath(3): of the parent directory, with the last component put
 * behind it. Both ways that path_resolve has must say so, and one where a call fails must say nothing else.
 *
 * Input: bytes for the working directory, the descriptor, the size of the buffer and the call that fails; then `=` and a path,
 * or anything else and a byte for each word of one.
 */
#include "core/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "tracer/view.h"

#define PATH_LONGEST 2048

/* ---- the tree ---- */

static char base[PATH_MAX];

static const char *const places[] = {".", "real", "real/sub", "real/sub/deep"};
#define PLACES (sizeof places / sizeof *places)

static int place_fds[PLACES];
static int start_fd; /* where libFuzzer has its corpus */

/* In the order of making; what has no target is a directory, what has an empty one a file. */
static const struct {
    const char *name;
    const char *target;
} tree[] = {
    {"real", NULL},
    {"real/sub", NULL},
    {"real/sub/deep", NULL},
    {"real/a\nb", NULL},
    {"file", ""},
    {"real/file", ""},
    {"link", "real/sub"},
    {"link/back", "../.."},
    {"chain", "link/deep"},
    {"loop", "loop"},
    {"one", "other"},
    {"other", "one"},
    {"dangling", "gone"},
    {"dotted", "./real/../"},
    {"to-file", "file"},
    {"slashes", "real//"},
    {"real/here", "."},
};
#define NODES (sizeof tree / sizeof *tree)

static void remove_tree(void)
{
    if (chdir(base) != 0)
        return;
    unlink("absolute");
    for (size_t i = NODES; i-- > 0;)
        if (remove(tree[i].name) != 0)
            perror(tree[i].name);
    rmdir(base);
}

static void make_node(const char *name, const char *target)
{
    if (!target)
        require(mkdir(name, 0755) == 0, "a directory can be made");
    else if (*target != '\0')
        require(symlink(target, name) == 0, "a link can be made");
    else
        close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}

static void make_tree(void)
{
    if (base[0] != '\0')
        return;
    start_fd = enter_folder(base);
    atexit(remove_tree);
    for (size_t i = 0; i < NODES; i++)
        make_node(tree[i].name, tree[i].target);
    make_node("absolute", base);
    for (size_t i = 0; i < PLACES; i++)
        place_fds[i] = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* ---- the path ---- */

/* A path of words, each with one to three slashes behind it, or none at the end. */
static char *spell_path(struct input *input)
{
    static const char *const words[] = {
        "real", "sub",    "deep",     "..",   ".",       "link",    "back",   "absolute",
        "loop", "one",    "dangling", "file", "to-file", "slashes", "dotted", "chain",
        "here", "a\nb",   "new",      "",     "a:b",     "\xFF",    "real",   "..",
        "sub",  "sub..a", "...",      "link", "deep",    "chain",   "a b",    "new"};
    char *path = join(input_byte(input) % 4 == 0 ? base : "", "");

    while (input->left > 0 && strlen(path) < PATH_LONGEST - 16) {
        const unsigned choice = input_byte(input);
        char *const longer = join(path, words[choice % 32]);

        free(path);
        path = join(longer, &"///"[3 - (choice >> 5) % 4]);
        free(longer);
    }
    return path;
}

/* Names that lead to another place for each asker or each time. */
static int is_unsteady(const char *path)
{
    return strstr(path, "proc") || strstr(path, "dev") || strstr(path, "fd");
}

/* ---- the obvious resolver ---- */

struct expectation {
    int result;
    char path[2 * PATH_MAX];
};

static void expect(int dirfd, const char *path, struct expectation *expected)
{
    const char *end = path + strlen(path);
    const char *last;
    char parent[2 * PATH_MAX];
    char real[PATH_MAX];
    struct stat status;

    while (end > path && end[-1] == '/')
        end--;
    for (last = end; last > path && last[-1] != '/';)
        last--;
    if (last == end || (end - last == 1 && last[0] == '.') ||
        (end - last == 2 && last[0] == '.' && last[1] == '.')) {
        expected->result = -EINVAL;
        return;
    }
    snprintf(parent, sizeof parent, "%s%.*s", *path == '/' ? "" : "./", (int)(last - path), path);
    require(dirfd == AT_FDCWD || fchdir(dirfd) == 0, "a descriptor is a place to be at");
    expected->result = 0;
    if (!realpath(parent, real) || stat(real, &status) != 0)
        expected->result = -errno;
    else if (!S_ISDIR(status.st_mode))
        expected->result = -ENOTDIR;
    else
        snprintf(expected->path, sizeof expected->path, "%s/%.*s", real[1] == '\0' ? "" : real,
                 (int)(end - last), last);
}

/* ---- the two side by side ---- */

static long failing;    /* the call that fails, counted down; below 0: none */
static int hides_words; /* as if somebody might translate paths */

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;

    if (number == SYS_close)
        return close((int)a) == 0 ? 0 : -errno;
    if (failing-- == 0)
        return -EMFILE;
    if (number == SYS_openat && c == SYS_WORD_FLAGS && hides_words)
        return -ENOSYS;
    result = syscall(number, a, b, c, d, e, f);
    return result < 0 ? -errno : result;
}

static const struct sys sys = {.path = call, .kernel = call};

static void require_expected(int result, const char *out, const struct expectation *expected)
{
    require(result == expected->result, "both say the same of an error");
    require(result < 0 || strcmp(out, expected->path) == 0, "both say the same of a path");
}

static void resolve_both_ways(int dirfd, const char *path, const struct expectation *expected)
{
    char out[PATH_RESOLVED_MAX];

    for (hides_words = 0; hides_words < 2; hides_words++)
        require_expected(path_resolve(&sys, dirfd, path, out, sizeof out), out, expected);
}

/* As the tracer does for a thread, here this one. */
static void resolve_for_a_thread(int dirfd, const char *path, const struct expectation *expected)
{
    char out[PATH_RESOLVED_MAX];
    int result = path_take_parent(path, out, sizeof out);

    hides_words = 0;
    if (result == 0)
        result = view_open(&sys, getpid(), dirfd, out[0] == '\0' ? "." : out, O_PATH | O_DIRECTORY);
    if (result >= 0) {
        const int fd = result;

        result = path_read_directory(&sys, 0, "/fd/", fd, out, sizeof out);
        close(fd);
    }
    if (result == 0)
        result = path_append_last(path, out, sizeof out);
    require_expected(result, out, expected);
}

static void resolve_with_trouble(int dirfd, const char *path, const struct expectation *expected,
                                 size_t room, long trouble)
{
    char *const out = malloc(room);
    int result;

    failing = trouble;
    result = path_resolve(&sys, dirfd, path, out, room);
    failing = -1;
    require(result < 0 || (expected->result == 0 && strcmp(out, expected->path) == 0),
            "trouble makes no other path");
    free(out);
}

/* The pure ones: what split says, put together again, is the path. */
static void take_apart(const char *path)
{
    const struct path_parts parts = path_split(path);
    const size_t whole = strlen(path);
    char *const out = malloc(whole + 1);
    const int result = path_strip(path, out, whole + 1);

    require(parts.name + parts.length <= whole, "parts are in it");
    require(memchr(path + parts.name, '/', parts.length) == NULL, "a name has no slash");
    require(strspn(path + parts.name + parts.length, "/") == whole - parts.name - parts.length,
            "behind the name there are slashes only");
    require((whole > parts.name + parts.length) == parts.has_trailing_slash, "or none");
    require(result == 0 && strncmp(out, path, strlen(out)) == 0, "the strip is its front");
    require(strlen(out) < 2 || out[strlen(out) - 1] != '/', "without a slash at its end");
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const unsigned here = input_byte(&input) % PLACES;
    const unsigned by = input_byte(&input) % (PLACES + 1);
    const size_t room = 1 + input_byte(&input);
    const long trouble = input_byte(&input) % 8;
    struct expectation expected;
    char *path;

    make_tree();
    failing = -1;
    path = input_byte(&input) == '=' ? input_string(&input, PATH_LONGEST) : spell_path(&input);
    if (*path != '\0' && !is_unsteady(path)) {
        const int dirfd = by == 0 ? AT_FDCWD : place_fds[by - 1];
        const int lowest = dup(0);

        close(lowest);
        require(fchdir(place_fds[here]) == 0, "there is a place to be at");
        take_apart(path);
        expect(dirfd, path, &expected);
        require(fchdir(place_fds[here]) == 0, "it is still there");
        resolve_both_ways(dirfd, path, &expected);
        resolve_for_a_thread(dirfd, path, &expected);
        resolve_with_trouble(dirfd, path, &expected, room, trouble);
        require(dup(0) == lowest, "no descriptor is left open");
        close(lowest);
    }
    require(fchdir(start_fd) == 0, "the first place is still there");
    free(path);
    return 0;
}

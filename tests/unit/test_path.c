/* SPDX-License-Identifier: MIT */
#include "core/path.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/expect_path.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* In the tables below `@` stands for the sandbox's absolute path. */
static char resolved[PATH_RESOLVED_MAX];

/* ---- the words of a path ---- */

static const struct {
    const char *path;
    const char *parent;
    const char *name;
    enum path_last last;
    int has_trailing_slash;
} splits[] = {
    {"a", "", "a", PATH_LAST_NAME, 0},
    {"a/", "", "a", PATH_LAST_NAME, 1},
    {"a//", "", "a", PATH_LAST_NAME, 1},
    {"/a", "/", "a", PATH_LAST_NAME, 0},
    {"//a", "//", "a", PATH_LAST_NAME, 0},
    {"a/b", "a/", "b", PATH_LAST_NAME, 0},
    {"/a//b/", "/a//", "b", PATH_LAST_NAME, 1},
    {"a/..b", "a/", "..b", PATH_LAST_NAME, 0},
    {"...", "", "...", PATH_LAST_NAME, 0},
    {".a", "", ".a", PATH_LAST_NAME, 0},
    {".", "", ".", PATH_LAST_DOT, 0},
    {"..", "", "..", PATH_LAST_DOT, 0},
    {"a/.", "a/", ".", PATH_LAST_DOT, 0},
    {"a/../", "a/", "..", PATH_LAST_DOT, 1},
    {"/", "", "", PATH_LAST_DOT, 1},
    {"///", "", "", PATH_LAST_DOT, 1},
    {"", "", "", PATH_LAST_DOT, 0},
};

START_TEST(a_path_is_taken_apart)
{
    const char *const path = splits[_i].path;
    const struct path_parts parts = path_split(path);

    ck_assert_msg(parts.name == strlen(splits[_i].parent) &&
                      memcmp(path, splits[_i].parent, parts.name) == 0,
                  "'%s': parent of %zu", path, parts.name);
    ck_assert_msg(parts.length == strlen(splits[_i].name) &&
                      memcmp(path + parts.name, splits[_i].name, parts.length) == 0,
                  "'%s': name of %zu", path, parts.length);
    ck_assert_msg(parts.last == splits[_i].last, "'%s'", path);
    ck_assert_msg(parts.has_trailing_slash == splits[_i].has_trailing_slash, "'%s'", path);
}
END_TEST

static const struct {
    const char *path;
    size_t size;
    const char *stripped; /* NULL: too long */
} strips[] = {
    {"a/", 2, "a"},           {"a//", 64, "a"}, {"/a/b/", 64, "/a/b"}, {"a", 2, "a"},
    {"a", 1, NULL},           {"ab/", 2, NULL}, {"/", 64, "/"},        {"a/./", 64, "a/."},
    {"a/b/c///", 6, "a/b/c"}, {"///", 2, "/"},  {"", 64, ""},          {"//", 2, "/"},
};

START_TEST(trailing_slashes_are_taken_off)
{
    char out[64] = "";
    const int result = path_strip(strips[_i].path, out, strips[_i].size);

    if (strips[_i].stripped)
        ck_assert_msg(result == 0 && strcmp(out, strips[_i].stripped) == 0, "'%s': %d '%s'",
                      strips[_i].path, result, out);
    else
        ck_assert_msg(result == -ENAMETOOLONG, "'%s': %d", strips[_i].path, result);
}
END_TEST

/* ---- as the calling thread resolves it ---- */

static void lay_out(void)
{
    put_directory("real");
    put_directory("real/sub");
    put_directory("real/sub/deep");
    put_directory("real/line\nfeed");
    put_file("file", "");
    put_link("link", "real/sub");
    put_link("absolute", sandbox_expand("@/real"));
    put_link("chain", "absolute/sub");
    put_link("real/up", "..");
    put_link("loop", "loop");
    put_link("dangling", "nowhere");
}

static const struct {
    const char *name;
    const char *cwd;
    const char *dirfd; /* NULL: AT_FDCWD */
    const char *path;
    const char *resolved; /* NULL: `error` */
    int error;
} rows[] = {
    {"a name", ".", NULL, "a", "@/a", 0},
    {"words", ".", NULL, "real/sub/a", "@/real/sub/a", 0},
    {"words, one file at the end", ".", NULL, "file", "@/file", 0},
    {"empty and . words", ".", NULL, ".//real/./sub//a", "@/real/sub/a", 0},
    {"a . first", ".", NULL, "./a", "@/a", 0},
    {"..", "real/sub", NULL, "../a", "@/real/a", 0},
    {".. twice", "real/sub/deep", NULL, "../../a", "@/real/a", 0},
    {".. in the middle", ".", NULL, "real/sub/../a", "@/real/a", 0},
    {"a link as parent", ".", NULL, "link/a", "@/real/sub/a", 0},
    {"a link, then ..", ".", NULL, "link/../a", "@/real/a", 0},
    {"an absolute link", ".", NULL, "absolute/a", "@/real/a", 0},
    {"a link to a link", ".", NULL, "chain/deep/a", "@/real/sub/deep/a", 0},
    {"a link that goes up", ".", NULL, "real/up/a", "@/a", 0},
    {"a link as last component", ".", NULL, "link", "@/link", 0},
    {"a link with a slash", ".", NULL, "link/", "@/link", 0},
    {"a dangling link as last component", ".", NULL, "dangling", "@/dangling", 0},
    {"a directory with slashes", ".", NULL, "real//", "@/real", 0},
    {"a newline in the parent", ".", NULL, "real/line\nfeed/a", "@/real/line\nfeed/a", 0},
    {"a missing name", ".", NULL, "real/none", "@/real/none", 0},
    {"a missing parent", ".", NULL, "none/a", NULL, -ENOENT},
    {"a dangling parent", ".", NULL, "dangling/a", NULL, -ENOENT},
    {"a file as parent", ".", NULL, "file/a", NULL, -ENOTDIR},
    {"a loop as parent", ".", NULL, "loop/a", NULL, -ELOOP},
    {"entered by a link", "link", NULL, "a", "@/real/sub/a", 0},
    {"entered by a link, words", "link", NULL, "deep/a", "@/real/sub/deep/a", 0},
    {"absolute", "/", NULL, "@/real/a", "@/real/a", 0},
    {"absolute by a link", "/", NULL, "@/link/a", "@/real/sub/a", 0},
    {"absolute, dirfd ignored", "/", "real", "@/link/a", "@/real/sub/a", 0},
    {"below the root", ".", NULL, "/a", "/a", 0},
    {"below the root, slashes and dots", ".", NULL, "//.//a", "/a", 0},
    {"below the root, ..", ".", NULL, "/../a", "/a", 0},
    {"in the root", "/", NULL, "a", "/a", 0},
    {"in the root, words", "/", NULL, "proc/../a", "/a", 0},
    {"dirfd", "/", "real", "a", "@/real/a", 0},
    {"dirfd by a link", "/", "link", "a", "@/real/sub/a", 0},
    {"dirfd and words", "/", "real", "sub/a", "@/real/sub/a", 0},
    {"dirfd and ..", "/", "real", "../link/a", "@/real/sub/a", 0},
    {"dirfd of the root", ".", "/", "a", "/a", 0},
    {"no last name: .", ".", NULL, ".", NULL, -EINVAL},
    {"no last name: ..", ".", NULL, "real/..", NULL, -EINVAL},
    {"no last name: ./", ".", NULL, "real/./", NULL, -EINVAL},
    {"no last name: root", ".", NULL, "/", NULL, -EINVAL},
    {"no last name: empty", ".", NULL, "", NULL, -EINVAL},
};

static void check_row(int row)
{
    const int fd = rows[row].dirfd ? open(rows[row].dirfd, O_PATH | O_CLOEXEC) : AT_FDCWD;
    const char *const path = sandbox_expand(rows[row].path);
    int descriptors;
    int result;

    ck_assert_int_eq(chdir(rows[row].cwd), 0);
    descriptors = count_descriptors();
    result = path_resolve(&fake_sys, fd, path, resolved, sizeof resolved);
    expect_path(resolved, rows[row].name, result, rows[row].resolved, rows[row].error);
    ck_assert_msg(count_descriptors() == descriptors, "%s: a descriptor is left", rows[row].name);
}

START_TEST(a_path_resolves)
{
    fake_reset();
    lay_out();
    check_row(_i);
}
END_TEST

START_TEST(a_path_resolves_by_descriptor)
{
    fake_reset();
    fake.hides_words = 1;
    lay_out();
    check_row(_i);
}
END_TEST

/* Each call fails in turn, alone: the answer is the right path or an error, never another path. */
static void walk(int row, int error)
{
    const int fd = rows[row].dirfd ? open(rows[row].dirfd, O_PATH | O_CLOEXEC) : AT_FDCWD;
    const char *const path = sandbox_expand(rows[row].path);
    const int descriptors = (chdir(rows[row].cwd), count_descriptors());
    int n = 0;

    do {
        int result;

        fake_reset();
        fake.fail_at = n++;
        fake.fail_with = error;
        result = path_resolve(&fake_sys, fd, path, resolved, sizeof resolved);
        if (result == 0)
            expect_path(resolved, rows[row].name, result,
                        rows[row].resolved ? rows[row].resolved : "none", 0);
        ck_assert_msg(count_descriptors() == descriptors, "%s: call %d leaves a descriptor",
                      rows[row].name, n - 1);
    } while (fake.has_failed);
}

START_TEST(a_failing_call_never_makes_another_path)
{
    lay_out();
    walk(_i, -EMFILE);
    ck_assert_int_eq(chdir(sandbox_path()), 0);
    walk(_i, -ENOENT);
}
END_TEST

/* ---- by the lexical path, for less ---- */

/* The same path, or an error: -ENOTDIR for each symbolic link on the way. */
static void see_row(int row)
{
    const char *const path = sandbox_expand(rows[row].path);
    const int descriptors = (chdir(rows[row].cwd), count_descriptors());
    struct path_words words;
    int parent;
    int result = path_spell(&fake_sys, AT_FDCWD, path, resolved, sizeof resolved, &words);

    if (result == 0)
        result = path_hold_words(&fake_sys, &words, PATH_PROOF_SEEN, &parent);
    if (result == 0) {
        expect_path(resolved, rows[row].name, result, rows[row].resolved, rows[row].error);
        path_release(&fake_sys, parent);
    }
    ck_assert_msg(result == 0 || rows[row].error != 0 || fake.has_failed || result == -ENOTSUP ||
                      result == -ENOTDIR,
                  "%s: %d", rows[row].name, result);
    ck_assert_msg(count_descriptors() == descriptors, "%s: a descriptor is left", rows[row].name);
}

START_TEST(a_path_that_is_seen_has_no_links)
{
    if (rows[_i].dirfd || path_split(rows[_i].path).last != PATH_LAST_NAME)
        return;
    lay_out();
    fake_reset();
    see_row(_i);
    ck_assert_int_le(fake_count(SYS_openat), 1);
    for (int n = 0, has_failed = 1; has_failed; n++) {
        ck_assert_int_eq(chdir(sandbox_path()), 0);
        fake_reset();
        fake.fail_at = n;
        fake.fail_with = -EMFILE;
        see_row(_i);
        has_failed = fake.has_failed;
    }
}
END_TEST

static const struct {
    const char *path;
    int result;
} seen[] = {
    {"a", 0},
    {"real/a", 0},
    {"real/sub/deep/a", 0},
    {"./real//sub/a", 0},
    {"link/a", -ENOTDIR},         /* the directory itself is a link */
    {"absolute/sub/a", -ENOTDIR}, /* one on the way is */
    {"real/up/real/a", -ENOTDIR},
    {"file/sub/a", -ENOTDIR},
    {"real/none/a", -ENOENT},
    {"real/../a", -ENOTSUP},
};

START_TEST(links_are_seen)
{
    struct path_words words;
    int parent = AT_FDCWD;
    int result;

    lay_out();
    fake_reset();
    result = path_spell(&fake_sys, AT_FDCWD, seen[_i].path, resolved, sizeof resolved, &words);
    if (result == 0)
        result = path_hold_words(&fake_sys, &words, PATH_PROOF_SEEN, &parent);
    ck_assert_msg(result == seen[_i].result, "'%s': %d", seen[_i].path, result);
    path_release(&fake_sys, parent);
}
END_TEST

/* ---- room ---- */

static const struct {
    const char *name;
    const char *path;
    size_t spare;    /* room beyond what the answer and its NUL take */
    size_t shortage; /* or how much less there is */
} rooms[] = {
    {"words, exactly", "real/sub/a", 0, 0},        {"words, one byte short", "real/sub/a", 0, 1},
    {"a link, exactly", "link/deep/a", 0, 0},      {"a link, one byte short", "link/deep/a", 0, 1},
    {"words, room to spare", "real/a", 9, 0},      {"words, a word short", "real/sub/a", 0, 6},
    {"a link, a word short", "link/deep/a", 0, 8},
};

START_TEST(the_answer_stays_within_its_room)
{
    size_t size;

    lay_out();
    fake_reset();
    ck_assert_int_eq(path_resolve(&fake_sys, AT_FDCWD, rooms[_i].path, resolved, sizeof resolved),
                     0);
    size = strlen(resolved) + 1 + rooms[_i].spare - rooms[_i].shortage;
    memset(resolved, 'X', sizeof resolved);
    ck_assert_msg(path_resolve(&fake_sys, AT_FDCWD, rooms[_i].path, resolved, size) ==
                      (rooms[_i].shortage ? -ENAMETOOLONG : 0),
                  "%s", rooms[_i].name);
    ck_assert_msg(resolved[size] == 'X', "%s: written beyond", rooms[_i].name);
}
END_TEST

/* Enters directories until no path names the last one. */
static void enter_depths(void)
{
    char name[256];

    memset(name, 'd', 255);
    name[255] = '\0';
    for (int depth = 0; depth < 18; depth++) {
        put_directory(name);
        ck_assert_int_eq(chdir(name), 0);
    }
}

static const struct {
    const char *name;
    const char *path;
    int takes_dirfd;
} depths[] = {
    {"a name", "a", 0}, {"words", "sub/a", 0},           {"..", "../a", 0},
    {"dirfd", "a", 1},  {"dirfd and words", "sub/a", 1},
};

START_TEST(what_no_path_can_name_is_too_long)
{
    int fd;

    enter_depths();
    put_directory("sub");
    fake_reset();
    fd = depths[_i].takes_dirfd ? open(".", O_PATH) : AT_FDCWD;
    expect_path(resolved, depths[_i].name,
                path_resolve(&fake_sys, fd, depths[_i].path, resolved, sizeof resolved), NULL,
                -ENAMETOOLONG);
}
END_TEST

/* ---- directories without a name ---- */

static const struct {
    const char *name;
    const char *path;
    int takes_dirfd;
} namelesses[] = {
    {"a name", "a", 0},
    {". and a name", "./a", 0},
    {"words", "sub/a", 0},
    {"..", "sub/../a", 0},
    {"dirfd", "a", 1},
    {"dirfd and .", "./a", 1},
    {"dirfd and words", "sub/a", 1},
};

/* readlink(2) below /proc has a name even for these: that with " (deleted)", and that from the root
 * of the mount namespace. Nothing else will do. */
START_TEST(what_was_deleted_has_no_other_name)
{
    const int takes_dirfd = namelesses[_i].takes_dirfd;
    int result;
    int fd;

    put_directory("gone");
    fd = takes_dirfd ? open("gone", O_PATH) : AT_FDCWD;
    ck_assert_int_eq(chdir(takes_dirfd ? "." : "gone"), 0);
    ck_assert_int_eq(rmdir(sandbox_expand("@/gone")), 0);
    fake_reset();
    result = path_resolve(&fake_sys, fd, namelesses[_i].path, resolved, sizeof resolved);
    expect_path(resolved, namelesses[_i].name, result, result == 0 ? "@/gone (deleted)/a" : NULL,
                -ENOENT);
}
END_TEST

/* Puts a /proc into the jail of this process, and this process into the jail. 0 or -1. */
static int enter_jail(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("proc", sandbox_expand("@/jail/proc"), "proc", 0, NULL) < 0)
        return -1;
    return chroot(sandbox_expand("@/jail"));
}

/* Where this process was in a chroot(2) before, the kernel's name for it begins at the root outside. */
static void read_name(int fd, char *name, size_t size)
{
    char link[PATH_PROC_NAME_MAX];
    const char *const outside = sandbox_expand("@/outside");
    ssize_t length;

    path_proc_name(link, 0, "/fd/", fd);
    length = readlink(link, name, size - 1);
    ck_assert_int_ge(length, (ssize_t)strlen(outside));
    name[length] = '\0';
    ck_assert_str_eq(name + length - strlen(outside), outside);
}

START_TEST(what_is_outside_the_root_has_no_other_name)
{
    char name[PATH_MAX];
    const int takes_dirfd = namelesses[_i].takes_dirfd;
    const int has_words = strstr(namelesses[_i].path, "sub/a") != NULL;
    int result;
    int outside;

    put_directory("jail");
    put_directory("jail/proc");
    put_directory("outside");
    put_directory("outside/sub");
    outside = open("outside", O_PATH);
    ck_assert_int_eq(chdir("outside"), 0);
    if (enter_jail() < 0) {
        run_skip("no mount(2) and chroot(2) for us");
        return;
    }
    fake_reset();
    read_name(outside, name, sizeof name);
    strcat(name,
           has_words ? "/sub/a" : "/a"); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
    result = path_resolve(&fake_sys, takes_dirfd ? outside : AT_FDCWD, namelesses[_i].path,
                          resolved, sizeof resolved);
    expect_path(resolved, namelesses[_i].name, result, result != 0 ? NULL : name, -ENOENT);
}
END_TEST

/* A mount hides the directory that this process works in, and has another `sub` at its name: a
 * directory, where the one that rename sees is a link. */
START_TEST(what_a_mount_hides_is_not_what_it_shows)
{
    put_directory("place");
    put_directory("place/real");
    put_link("place/sub", "real");
    put_directory("cover");
    put_directory("cover/sub");
    ck_assert_int_eq(chdir("place"), 0);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(sandbox_expand("@/cover"), sandbox_expand("@/place"), NULL, MS_BIND, NULL) < 0) {
        run_skip("no mount(2) for us");
        return;
    }
    fake_reset();
    expect_path(resolved, "hidden",
                path_resolve(&fake_sys, AT_FDCWD, "sub/a", resolved, sizeof resolved),
                "@/place/real/a", 0);
}
END_TEST

START_TEST(without_proc_words_still_have_a_name)
{
    if (geteuid() != 0) {
        run_skip("chroot(2) needs root");
        return;
    }
    lay_out();
    ck_assert_int_eq(chroot("."), 0);
    fake_reset();
    expect_path(resolved, "words",
                path_resolve(&fake_sys, AT_FDCWD, "real/sub/a", resolved, sizeof resolved),
                "/real/sub/a", 0);
    expect_path(resolved, "a link",
                path_resolve(&fake_sys, AT_FDCWD, "link/a", resolved, sizeof resolved), NULL,
                -ENOENT);
}
END_TEST

/* ---- names below /proc ---- */

static const struct {
    int pid;
    const char *entry;
    int number;
    const char *name;
} names[] = {
    {0, "/cwd", -1, "/proc/thread-self/cwd"},
    {0, "/fd/", 0, "/proc/thread-self/fd/0"},
    {0, "/fd/", 2147483647, "/proc/thread-self/fd/2147483647"},
    {42, "/root", -1, "/proc/42/root"},
    {2147483647, "/fd/", 2147483647, "/proc/2147483647/fd/2147483647"},
};

START_TEST(a_name_below_proc_is_made)
{
    char out[PATH_PROC_NAME_MAX];

    path_proc_name(out, names[_i].pid, names[_i].entry, names[_i].number);
    ck_assert_str_eq(out, names[_i].name);
}
END_TEST

START_TEST(a_parent_that_does_not_fit)
{
    char buffer[8];
    int parent = -7;

    ck_assert_int_lt(path_open_parent(&fake_sys, AT_FDCWD, "a long directory/name", buffer,
                                      sizeof buffer, &parent),
                     0);
    ck_assert_int_eq(parent, -7);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_parent_that_does_not_fit);
    tcase_add_loop_test(tcase, a_path_is_taken_apart, 0, ROWS(splits));
    tcase_add_loop_test(tcase, trailing_slashes_are_taken_off, 0, ROWS(strips));
    tcase_add_loop_test(tcase, a_path_resolves, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_path_resolves_by_descriptor, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_path_that_is_seen_has_no_links, 0, ROWS(rows));
    tcase_add_loop_test(tcase, links_are_seen, 0, ROWS(seen));
    tcase_add_loop_test(tcase, a_failing_call_never_makes_another_path, 0, ROWS(rows));
    tcase_add_loop_test(tcase, the_answer_stays_within_its_room, 0, ROWS(rooms));
    tcase_add_loop_test(tcase, what_no_path_can_name_is_too_long, 0, ROWS(depths));
    tcase_add_loop_test(tcase, what_was_deleted_has_no_other_name, 0, ROWS(namelesses));
    tcase_add_loop_test(tcase, what_is_outside_the_root_has_no_other_name, 0, ROWS(namelesses));
    tcase_add_test(tcase, what_a_mount_hides_is_not_what_it_shows);
    tcase_add_test(tcase, without_proc_words_still_have_a_name);
    tcase_add_loop_test(tcase, a_name_below_proc_is_made, 0, ROWS(names));
}

int main(void)
{
    return run_tests("path", add);
}

/* SPDX-License-Identifier: MIT */
#include "launcher/settings/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pattern.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* In the tables below `@` stands for the sandbox's absolute path. */
static char anchored[PATTERN_MAX + 2];
static const char *fault;

static int anchor(const char *pattern, const char *directory)
{
    return anchor_pattern(pattern, directory, anchored, sizeof anchored, &fault);
}

static void make_tree(void)
{
    put_directory("real");
    put_directory("real/sub");
    put_directory("odd [1]*?:\\");
    put_file("file", "");
    put_link("link", "real");
    put_link("deep", "link/sub");
    put_link("gone", "nowhere");
    put_link("loop", "loop");
}

static const struct {
    const char *name;
    const char *pattern;
    const char *result;
} rows[] = {
    {"a name floats", "app", "app"},
    {"a glob without a slash floats", "*.deb", "*.deb"},
    {"any depth floats", "**/dist/", "**/dist/"},
    {"two stars alone float", "**", "**"},
    {"a tree is anchored", "dist/", "@/dist/"},
    {"a path is anchored", "dist/app", "@/dist/app"},
    {"a glob behind a directory is anchored", "real/*.deb", "@/real/*.deb"},
    {"a glob in front of a directory too", "*/real", "@/*/real"},
    {"this directory", "./", "@/"},
    {"this directory's name", "./app", "@/app"},
    {"dots within", "real/./sub/../app", "@/real/app"},
    {"dots behind a link", "deep/../app", "@/real/app"},
    {"the directory above", "real/../", "@/"},
    {"slashes", "real//sub//", "@/real/sub/"},
    {"a linked directory is resolved", "link/app", "@/real/app"},
    {"a linked tree is resolved", "link/", "@/real/"},
    {"a link to a link", "deep/", "@/real/sub/"},
    {"the last name is taken as given", "real/../link", "@/link"},
    {"a link in front of a glob", "link/*/", "@/real/*/"},
    {"what is not there yet", "new/er/app", "@/new/er/app"},
    {"a file in place of a directory", "file/app", "@/file/app"},
    {"a file in place of a directory above", "file/sub/app", "@/file/sub/app"},
    {"quotes as names", "\\\"real/x\\\"", "@/\"real/x\\\""},
    {"a quote within", "it's/x", "@/it's/x"},
    {"a tilde as a name", "\\~/x", "@/~/x"},
    {"a dollar within", "real/$x", "@/real/$x"},
    {"absolute", "@/link/app", "@/real/app"},
    {"absolute and not there", "/no/such/place/", "/no/such/place/"},
    {"absolute with a glob at once", "/*/x", "/*/x"},
    {"the root", "/", "/"},
    {"a link to the root", "/proc/self/root/no-such/x", "/no-such/x"},
    {"above the root", "/../..//x", "/x"},
    {"escapes are names", "odd \\[1]\\*\\?\\:\\\\/x", "@/odd \\[1]\\*\\?\\:\\\\/x"},
    {"an escape that was not needed", "\\r\\e\\a\\l/x", "@/real/x"},
    {"an escape in what stays", "*/\\[x", "@/*/\\[x"},
    {"blanks", "a b/ c", "@/a b/ c"},
    {"bytes that are no text", "\xff/x", "@/\xff/x"},
};

START_TEST(a_pattern_is_anchored)
{
    make_tree();
    ck_assert_msg(anchor(sandbox_expand(rows[_i].pattern), sandbox_path()) == 0, "%s: %s",
                  rows[_i].name, fault);
    ck_assert_msg(strcmp(anchored, sandbox_expand(rows[_i].result)) == 0, "%s: %s", rows[_i].name,
                  anchored);
}
END_TEST

static const struct {
    const char *name;
    const char *pattern;
    const char *says;
} faults[] = {
    {"nothing", "", "empty"},
    {"two at once", "a:b", "give one pattern at a time"},
    {"two trees at once", "a/:b/", "give one pattern at a time"},
    {"a dot", ".", "'./'"},
    {"two dots", "..", "'../'"},
    {"a dot at the end", "real/.", "'./'"},
    {"two dots at the end", "real/..", "'./'"},
    {"out of what is not there", "new/../x", "'..' follows a directory that does not exist"},
    {"dots behind a star", "*/../x", "'.' or '..'"},
    {"slashes behind a star", "*//x", "'//'"},
    {"a link to nowhere", "gone/x", "dangling"},
    {"a tree that is a link to nowhere", "gone/", "dangling"},
    {"a link to itself", "loop/x", "can't be resolved"},
    {"an open set", "x/[a", "no ']'"},
    {"a slash in a set", "x/[a/b]", "'/' inside []"},
    {"an escaped slash", "real\\/x", "'\\/'"},
    {"an escape of nothing", "real/x\\", "'\\' at the end"},
    {"double quotes", "\"real/\"", "begins or ends with a quote"},
    {"single quotes", "'*.deb'", "begins or ends with a quote"},
    {"quotes alone", "''", "begins or ends with a quote"},
    {"a quote alone", "'", "begins or ends with a quote"},
    {"a quote at one end", "\"real/x", "begins or ends with a quote"},
    {"a quote at the other", "real/x'", "begins or ends with a quote"},
    {"a tilde", "~/real/", "not expanded"},
    {"a variable", "$HOME/real/", "not expanded"},
};

START_TEST(what_can_never_match_is_a_fault)
{
    make_tree();
    ck_assert_msg(anchor(faults[_i].pattern, sandbox_path()) == -EINVAL, "%s: %s", faults[_i].name,
                  anchored);
    ck_assert_msg(strstr(fault, faults[_i].says) != NULL, "%s: %s", faults[_i].name, fault);
}
END_TEST

static const struct {
    const char *name;
    const char *pattern;
    int is_directory;
} names[] = {
    {"a directory", "real", 1},
    {"a directory by its path", "@/real", 1},
    {"a directory here", "./real", 1},
    {"a directory below a link", "link/sub", 1},
    {"a directory with odd characters", "odd \\[1]\\*\\?:\\\\", 1},
    {"a tree", "real/", 0},
    {"a link to a directory", "link", 0},
    {"a file", "file", 0},
    {"nothing", "absent", 0},
    {"no name", "", 0},
    {"a glob that matches one", "rea*", 0},
    {"one at any depth", "**/real", 0},
    {"dots that lead nowhere", "absent/../real", 0},
};

START_TEST(the_name_of_a_directory_is_known)
{
    make_tree();
    ck_assert_msg(anchor_is_directory(sandbox_expand(names[_i].pattern), sandbox_path()) ==
                      names[_i].is_directory,
                  "%s", names[_i].name);
}
END_TEST

/* What is put in front must match the directory itself, and nothing else. */
START_TEST(a_directory_is_put_in_front_escaped)
{
    char path[PATH_MAX];

    make_tree();
    put_link("plain", "odd [1]*?:\\");
    ck_assert_int_eq(anchor("plain/x", sandbox_path()), 0);
    snprintf(path, sizeof path, "%s/odd [1]*?:\\/x", sandbox_path());
    ck_assert_int_eq(pattern_match(anchored, path), 1);
    snprintf(path, sizeof path, "%s/odd 1ab:\\/x", sandbox_path());
    ck_assert_int_eq(pattern_match(anchored, path), 0);
}
END_TEST

START_TEST(the_root_may_be_the_directory)
{
    ck_assert_int_eq(anchor("no-such/x", "/"), 0);
    ck_assert_str_eq(anchored, "/no-such/x");
    ck_assert_int_eq(anchor("./", "/"), 0);
    ck_assert_str_eq(anchored, "/");
}
END_TEST

START_TEST(what_is_too_long_is_a_fault)
{
    char pattern[2 * PATTERN_MAX];

    for (size_t length = PATTERN_MAX - 300; length < sizeof pattern; length += 7) {
        for (size_t i = 0; i < length; i++)
            pattern[i] = i % 100 == 1 ? '/' : 'x';
        pattern[length] = '\0';
        if (length + strlen(sandbox_path()) + 1 > PATTERN_MAX) {
            ck_assert_int_eq(anchor(pattern, sandbox_path()), -EINVAL);
            ck_assert_ptr_nonnull(strstr(fault, "longer than 4095 bytes"));
        } else {
            ck_assert_int_eq(anchor(pattern, sandbox_path()), 0);
        }
    }
}
END_TEST

START_TEST(a_directory_that_cannot_be_searched_is_a_fault)
{
    put_directory("shut");
    put_directory("shut/in");
    ck_assert_int_eq(chmod("shut", 0), 0);
    if (geteuid() == 0 && seteuid(65534) < 0) {
        run_skip("cannot become another user");
        return;
    }
    if (faccessat(AT_FDCWD, "shut/in", F_OK, AT_EACCESS) == 0) {
        run_skip("may search everything");
        return;
    }
    ck_assert_int_eq(anchor("shut/in/x", sandbox_path()), -EINVAL);
    ck_assert_ptr_nonnull(strstr(fault, "can't be searched"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_pattern_is_anchored, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_can_never_match_is_a_fault, 0, ROWS(faults));
    tcase_add_loop_test(tcase, the_name_of_a_directory_is_known, 0, ROWS(names));
    tcase_add_test(tcase, a_directory_is_put_in_front_escaped);
    tcase_add_test(tcase, the_root_may_be_the_directory);
    tcase_add_test(tcase, what_is_too_long_is_a_fault);
    tcase_add_test(tcase, a_directory_that_cannot_be_searched_is_a_fault);
}

int main(void)
{
    return run_tests("anchor", add);
}

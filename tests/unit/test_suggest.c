/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "core/pattern.h"
#include "launcher/suggest/generalise.h"
#include "launcher/suggest/random_name.h"
#include "unit/run.h"

static const char *const bounds[] = {"/home/me/work", "/home/me"};

#define PATHS_MAX 6

static const struct {
    const char *name;
    const char *paths[PATHS_MAX];
    const char *patterns; /* in the order of their names, a blank behind each */
} rows[] = {
    {"nothing", {NULL}, ""},
    {"one file", {"/home/me/work/a"}, "/home/me/work/a "},
    {"one file twice", {"/home/me/work/a", "/home/me/work/a"}, "/home/me/work/a "},
    {"two files of a directory",
     {"/home/me/work/d/b", "/home/me/work/d/a"},
     "/home/me/work/d/a /home/me/work/d/b "},
    {"three are a tree",
     {"/home/me/work/d/a", "/home/me/work/d/b", "/home/me/work/d/c"},
     "/home/me/work/d/ "},
    {"git",
     {"/home/me/work/.git/index", "/home/me/work/.git/config", "/home/me/work/.git/refs/heads/x"},
     "/home/me/work/.git/ "},
    {"never the working directory",
     {"/home/me/work/a", "/home/me/work/b", "/home/me/work/c"},
     "/home/me/work/a /home/me/work/b /home/me/work/c "},
    {"never home",
     {"/home/me/a", "/home/me/b", "/home/me/c/d"},
     "/home/me/a /home/me/b /home/me/c/d "},
    {"beside the working directory",
     {"/home/me/other/a", "/home/me/other/b", "/home/me/other/c"},
     "/home/me/other/ "},
    {"never near the root", {"/etc/x/a", "/etc/x/b", "/etc/x/c"}, "/etc/x/a /etc/x/b /etc/x/c "},
    {"never the root", {"/a", "/b", "/c"}, "/a /b /c "},
    {"far from the root", {"/usr/lib/x/a", "/usr/lib/x/b", "/usr/lib/x/c"}, "/usr/lib/x/ "},
    {"siblings with one each",
     {"/home/me/work/d/x/a", "/home/me/work/d/y/a", "/home/me/work/d/z/a"},
     "/home/me/work/d/ "},
    {"a random name is its directory", {"/home/me/work/d/conf12345"}, "/home/me/work/d/ "},
    {"a random name where no tree may be",
     {"/home/me/work/conf12345", "/home/me/work/conf23456"},
     "/home/me/work/conf* "},
    {"a random directory where no tree may be",
     {"/home/me/work/tmpa1b2c3/x"},
     "/home/me/work/tmp*/x "},
    {"random directories with the same in them",
     {"/home/me/work/conf12345/a", "/home/me/work/conf12345/b", "/home/me/work/conf23456/a"},
     "/home/me/work/conf*/a /home/me/work/conf*/b "},
    {"nothing but random", {"/home/me/work/12345"}, "/home/me/work/12345 "},
    {"hashes", {"/home/me/work/o/3f/0123456789abcdef"}, "/home/me/work/o/ "},
    {"special characters", {"/home/me/work/a*b?[c]:\\"}, "/home/me/work/a\\*b\\?\\[c\\]\\:\\\\ "},
    {"what no terminal should see", {"/home/me/work/a\nb\033\xFF"}, "/home/me/work/a?b?? "},
    {"a tree whose pattern takes in the working directory",
     {"/home/m\xFF/work/a", "/home/m\xFF/work/b", "/home/m\xFF/work/c"},
     "/home/m?/work/a /home/m?/work/b /home/m?/work/c "},
    {"a name that begins like another",
     {"/home/me/work/d/a", "/home/me/work/d-e/a", "/home/me/work/d"},
     "/home/me/work/d /home/me/work/d-e/a /home/me/work/d/a "},
};

START_TEST(few_patterns_match_all_that_was_seen)
{
    const char *paths[PATHS_MAX];
    char joined[1024] = "";
    struct generalised patterns;
    size_t count = 0;

    while (count < PATHS_MAX && rows[_i].paths[count]) {
        paths[count] = rows[_i].paths[count];
        count++;
    }
    ck_assert_int_eq(generalise(paths, count, bounds, 2, &patterns), 0);
    for (size_t i = 0; i < patterns.count; i++) {
        ck_assert_ptr_null(pattern_fault(patterns.list[i], strlen(patterns.list[i])));
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s ", patterns.list[i]);
    }
    ck_assert_msg(strcmp(joined, rows[_i].patterns) == 0, "%s: %s", rows[_i].name, joined);
    for (size_t i = 0; i < count; i++) {
        int matches = 0;

        for (size_t j = 0; j < patterns.count; j++)
            matches |= pattern_match(patterns.list[j], rows[_i].paths[i]);
        ck_assert_msg(matches, "%s: %s", rows[_i].name, rows[_i].paths[i]);
    }
    generalise_free(&patterns);
}
END_TEST

static const struct {
    const char *name;
    int is_random;
} names[] = {
    {"index", 0},
    {"libfoo2.so", 0},
    {"app-1.0.tar.gz", 0},
    {"report-2024.txt", 0},
    {"sha256sum", 0},
    {"python3.11", 0},
    {"README", 0},
    {"MyClass1", 0},
    {"x86_64", 0},
    {"conf12345", 1},
    {"tmp.Xa81Kc", 1},
    {"tmpk3j2x9", 1},
    {"0123456789abcdef", 1},
    {"a1b2c3d4e5f6", 1},
    {"log.1795390000", 1},
};

START_TEST(a_random_name_is_told_from_a_word)
{
    ck_assert_msg(random_name(names[_i].name, strlen(names[_i].name)) == names[_i].is_random, "%s",
                  names[_i].name);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, few_patterns_match_all_that_was_seen, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_random_name_is_told_from_a_word, 0, ROWS(names));
}

int main(void)
{
    return run_tests("suggest", add);
}

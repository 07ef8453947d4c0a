/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/questions.h"
#include "unit/capture.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static char storage[POLICY_STORAGE_SIZE];

/* The answer about `path` under `variables` (NULL-terminated), with its exit status. */
static const char *ask(const char *const *variables, const char *path, int *status)
{
    static char out[4096];
    char lines[4][1024];
    char word[1024];
    char *environment[5] = {NULL, NULL, NULL, NULL, NULL};
    char *paths[] = {word, NULL};
    struct settings settings = {NULL, {0}, NULL, 1};
    struct policy_error error;

    for (int i = 0; variables[i]; i++) {
        snprintf(lines[i], sizeof lines[i], "NOCLOBBER_%s", variables[i]);
        environment[i] = lines[i];
    }
    snprintf(word, sizeof word, "%s", path);
    ck_assert_int_eq(policy_parse(&settings.policy, environment, storage, sizeof storage, &error),
                     0);
    capture_begin(STDOUT_FILENO);
    *status = explain(&settings, 0, paths);
    snprintf(out, sizeof out, "%s", capture_end(STDOUT_FILENO));
    return out;
}

static void put_things(void)
{
    put_directory("dist");
    put_directory("dist/full");
    put_file("dist/full/x", "x");
    put_directory("dist/bare");
    put_file("dist/a", "1234");
    put_file("dist/empty", "");
    put_link("dist/link", "the\ntarget");
    put_link("way", "dist");
}

#define DIST "PROTECT=dist/"

static const struct {
    const char *variables[5];
    const char *path;
    const char *expected[4]; /* each stands in the answer; one that begins with '!' does not */
} rows[] = {
    {{NULL}, "dist/a", {"/dist/a: guarded by the default", "of 4 bytes", "is refused: EEXIST"}},
    {{DIST}, "dist/a", {"/dist/a: guarded by protect:dist/", "is refused: EEXIST", "!unless"}},
    {{DIST}, "way/a", {"/dist/a: guarded by protect:dist/"}},
    {{DIST}, "dist//./a", {"/dist/a: guarded by protect:dist/"}},
    {{DIST},
     "way",
     {"/way: not guarded: no protect pattern", "a symbolic link to dist", "replaces it"}},
    {{DIST}, "dist/new", {"there now: nothing", "a rename onto it succeeds"}},
    {{DIST},
     "dist/new/",
     {"of a file onto it fails: Not a directory", "of a directory onto it succeeds"}},
    {{DIST},
     "way/no/./such//x",
     {"/dist/no/such/x: guarded by protect:dist/", "a rename onto it fails: No such file"}},
    {{DIST}, "nowhere/dist", {"/nowhere/dist: guarded", "there now: nothing"}},
    {{DIST, "ALLOW=*.tmp:a"},
     "dist/a",
     {"not guarded: allow:a excepts it from protect:dist/", "replaces it"}},
    {{"ALLOW=a"}, "dist/a", {"not guarded: allow:a excepts it from the default"}},
    {{DIST, "ALLOW_IF=same"}, "dist/a", {"unless allow_if:same: a file with the same contents"}},
    {{DIST, "ALLOW_IF=same"}, "dist/link", {"unless allow_if:same: a symbolic link with"}},
    {{DIST, "ALLOW_IF=symlink"}, "dist/link", {"unless allow_if:symlink", "to the\\u000atarget"}},
    {{DIST, "ALLOW_IF=symlink,empty"}, "dist/a", {"!unless"}},
    {{DIST, "ALLOW_IF=empty"}, "dist/empty", {"unless allow_if:empty: it is empty"}},
    {{DIST, "ALLOW_IF=empty"},
     "dist/full/",
     {"that is not empty", "fails: Not a directory",
      "directory onto it fails: Directory not empty"}},
    {{DIST, "ALLOW_IF=same"}, "dist/full", {"of a directory onto it fails: File exists"}},
    {{DIST, "ALLOW_IF=empty"},
     "dist/bare",
     {"an empty directory", "of a directory onto it is refused: EEXIST", "while it is empty"}},
    {{DIST, "MODE=audit"}, "dist/a", {"guarded by protect:dist/", "is recorded, and replaces it"}},
    {{DIST, "MODE=off"}, "dist/a", {"replaces it: the mode is off", "!unless"}},
    {{DIST, "ON_REFUSAL=exit"}, "dist/a", {"ends the program with status 17"}},
    {{"PROTECT=*\xE2\x80\xAE*"},
     "dist/new\n\xE2\x80\xAEline\xff",
     {"/dist/new\\u000a\\u202eline\\udcff: guarded by protect:*\\u202e*"}},
};

START_TEST(each_answer_names_the_rule_and_what_follows)
{
    const char *answer;
    int status;

    put_things();
    answer = ask(rows[_i].variables, rows[_i].path, &status);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(strncmp(answer, sandbox_path(), strlen(sandbox_path())), 0);
    for (int i = 0; i < 4 && rows[_i].expected[i]; i++) {
        const char *const expected = rows[_i].expected[i];
        const int is_unwanted = expected[0] == '!';

        ck_assert_msg((strstr(answer, expected + is_unwanted) == NULL) == is_unwanted,
                      "%s: %s in %s", rows[_i].path, expected, answer);
    }
}
END_TEST

#define NO_NAME "a rename can't create '.', '..' or '/' (EBUSY)"

static const struct {
    const char *path;
    const char *reason;
} unanswerable[] = {
    {".", NO_NAME},
    {"..", NO_NAME},
    {"/", NO_NAME},
    {"", "is empty; name a path"},
    {"dist/.", NO_NAME},
    {"dist/a/b", "Not a directory"},
    {"no/../x/y", "No such file or directory"},
};

START_TEST(what_cannot_be_resolved_is_said)
{
    static const char *const variables[] = {DIST, NULL};
    const char *const path = unanswerable[_i].path;
    const char *answer;
    char line[256];
    int status;

    put_things();
    capture_begin(STDERR_FILENO);
    answer = ask(variables, path, &status);
    snprintf(line, sizeof line, "noclobber: --explain '%s': %s\n", path, unanswerable[_i].reason);
    ck_assert_str_eq(capture_end(STDERR_FILENO), line);
    ck_assert_str_eq(answer, "");
    ck_assert_int_eq(status, 125);
}
END_TEST

START_TEST(one_bad_path_does_not_keep_the_others_from_an_answer)
{
    char bad[] = ".";
    char good[] = "a";
    char *paths[] = {bad, good, NULL};
    const struct settings settings = {NULL, {0}, NULL, 1};
    int status;

    capture_begin(STDERR_FILENO);
    capture_begin(STDOUT_FILENO);
    status = explain(&settings, 0, paths);
    ck_assert_ptr_nonnull(strstr(capture_end(STDOUT_FILENO), "/a: guarded by the default"));
    capture_end(STDERR_FILENO);
    ck_assert_int_eq(status, 125);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, each_answer_names_the_rule_and_what_follows, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_cannot_be_resolved_is_said, 0, ROWS(unanswerable));
    tcase_add_test(tcase, one_bad_path_does_not_keep_the_others_from_an_answer);
}

int main(void)
{
    return run_tests("explain", add);
}

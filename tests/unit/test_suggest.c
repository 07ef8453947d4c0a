/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pattern.h"
#include "launcher/suggest/fold.h"
#include "unit/run.h"
#include "unit/sandbox.h"

#define PATHS_MAX 9

static struct record records[4096];

static int is_any(const struct record *record)
{
    (void)record;
    return 1;
}

/* ---- folding ---- */

static const char *const bounds[] = {"/home/me/work", "/home/me"};

static const struct {
    const char *name;
    const char *paths[PATHS_MAX];
    const char *
        patterns; /* in the order of their paths, with what each has seen and a blank behind each */
} rows[] = {
    {"nothing", {NULL}, ""},
    {"one file", {"/home/me/work/a"}, "/home/me/work/a 1 "},
    {"one file twice", {"/home/me/work/a", "/home/me/work/a"}, "/home/me/work/a 1 "},
    {"two files of a directory",
     {"/home/me/work/d/b", "/home/me/work/d/a"},
     "/home/me/work/d/a 1 /home/me/work/d/b 1 "},
    {"three are all names of it, and no deeper one",
     {"/home/me/work/d/a", "/home/me/work/d/b", "/home/me/work/d/c", "/home/me/work/d/s/x"},
     "/home/me/work/d/s/x 1 /home/me/work/d/* 3 "},
    {"never the working directory",
     {"/home/me/work/a", "/home/me/work/b", "/home/me/work/c"},
     "/home/me/work/a 1 /home/me/work/b 1 /home/me/work/c 1 "},
    {"never home",
     {"/home/me/a", "/home/me/b", "/home/me/c/d"},
     "/home/me/a 1 /home/me/b 1 /home/me/c/d 1 "},
    {"beside the working directory",
     {"/home/me/other/a", "/home/me/other/b", "/home/me/other/c"},
     "/home/me/other/* 3 "},
    {"never near the root",
     {"/etc/x/a", "/etc/x/b", "/etc/x/c"},
     "/etc/x/a 1 /etc/x/b 1 /etc/x/c 1 "},
    {"never the root", {"/a", "/b", "/c"}, "/a 1 /b 1 /c 1 "},
    {"far from the root", {"/usr/lib/x/a", "/usr/lib/x/b", "/usr/lib/x/c"}, "/usr/lib/x/* 3 "},
    {"three directories are the tree",
     {"/home/me/work/d/x/a", "/home/me/work/d/y/a", "/home/me/work/d/z/a", "/home/me/work/d/b"},
     "/home/me/work/d/ 4 "},
    {"two directories are not",
     {"/home/me/work/d/x/a", "/home/me/work/d/y/a", "/home/me/work/d/b"},
     "/home/me/work/d/b 1 /home/me/work/d/x/a 1 /home/me/work/d/y/a 1 "},
    {"special characters", {"/home/me/work/a*b?[c]:\\"}, "/home/me/work/a\\*b\\?\\[c]\\:\\\\ 1 "},
    {"a quote at the end", {"/home/me/work/it'"}, "/home/me/work/it\\' 1 "},
    {"what no terminal should see",
     {"/home/me/work/a\nb\033\xFF\xC2\x9B\xE2\x80\xAE"},
     "/home/me/work/a?b???? 1 "},
    {"a directory whose pattern takes in the working directory",
     {"/home/m\xFF/work/a", "/home/m\xFF/work/b", "/home/m\xFF/work/c"},
     "/home/m?/work/a 1 /home/m?/work/b 1 /home/m?/work/c 1 "},
    {"a name that begins like another",
     {"/home/me/work/d/a", "/home/me/work/d-e/a", "/home/me/work/d"},
     "/home/me/work/d 1 /home/me/work/d-e/a 1 /home/me/work/d/a 1 "},
};

START_TEST(few_patterns_match_all_that_was_seen)
{
    const struct record *list[PATHS_MAX];
    char joined[1024] = "";
    struct fold fold;
    size_t count = 0;

    for (; count < PATHS_MAX && rows[_i].paths[count]; count++) {
        records[count] = (struct record){.destination = strdup(rows[_i].paths[count])};
        list[count] = &records[count];
    }
    ck_assert_int_eq(fold_make(list, count, is_any, bounds, 2, &fold), 0);
    for (size_t i = 0; i < fold.count; i++) {
        ck_assert_ptr_null(pattern_fault(fold.list[i].pattern, strlen(fold.list[i].pattern)));
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s %zu ",
                 fold.list[i].pattern, fold.list[i].seen);
    }
    ck_assert_msg(strcmp(joined, rows[_i].patterns) == 0, "%s: %s", rows[_i].name, joined);
    for (size_t i = 0; i < count; i++) {
        int matches = 0;

        for (size_t j = 0; j < fold.count; j++)
            matches |= pattern_match(fold.list[j].pattern, rows[_i].paths[i]);
        ck_assert_msg(matches, "%s: %s", rows[_i].name, rows[_i].paths[i]);
    }
    fold_free(&fold);
}
END_TEST

/* ---- the whole, in words ---- */

static char text[65536];

/* What is said of `count` records under the names, a pattern each with a NUL behind it. `@` is the working directory. */
static const char *say(size_t count, const char *names, size_t name_count)
{
    const struct policy_patterns named = {names, name_count};
    struct records all = {.list = records, .count = count};
    struct suggestion suggestion;
    FILE *const out = fmemopen(text, sizeof text, "w");

    text[0] = '\0';

    ck_assert_int_eq(suggest_make(&all, &named, &suggestion), 0);
    suggest_text(out, &suggestion);
    fclose(out);
    suggest_free(&suggestion);
    return text;
}

static void put_record(size_t number, const char *destination, const char *rule, const char *unless)
{
    char expanded[4096];
    const char *pattern;

    snprintf(expanded, sizeof expanded, "%s%s", *destination == '@' ? sandbox_path() : "",
             destination + (*destination == '@'));
    free(records[number].destination);
    free(records[number].rule);
    records[number] = (struct record){
        .verdict = EVENT_AUDITED, .destination = strdup(expanded), .rule = strdup(rule)};
    ck_assert_int_eq(
        event_rule_parse(records[number].rule, &records[number].kind, &records[number].pattern), 0);
    ck_assert(!unless || event_rule_parse(unless, &records[number].unless, &pattern) == 0);
}

static const struct {
    const char *name;
    const char *paths[4];
    const char *protect;
    const char *says; /* behind the option; NULL: nothing of the pattern is said */
} opened[] = {
    {"a name that is guarded", {"@/d/a"}, "@/d/", "opens"},
    {"a name by a glob", {"@/d/a.bin"}, "*.bin", "opens"},
    {"a name that is not", {"@/d/a"}, "@/e/", NULL},
    {"names of a guarded tree", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/", "opens"},
    {"names below a guarded tree", {"@/d/e/a", "@/d/e/b", "@/d/e/c"}, "@/d/", "opens"},
    {"names beside a guarded name", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/kept", "opens"},
    {"names of a guarded directory's name", {"@/d/a", "@/d/b", "@/d/c"}, "@/d", NULL},
    {"names beside a guarded tree", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/keep/", "may open"},
    {"names above a guarded name", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/e/kept", NULL},
    {"names above a guarded tree", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/e/f/", NULL},
    {"names and a glob in them", {"@/d/a", "@/d/b", "@/d/c"}, "@/d/x*", "may open"},
    {"names and a glob above", {"@/d/a", "@/d/b", "@/d/c"}, "@/**/x", "may open"},
    {"names and a floating one", {"@/d/a", "@/d/b", "@/d/c"}, "*.bin", "may open"},
    {"names and everything", {"@/d/a", "@/d/b", "@/d/c"}, "*", NULL},
    {"names and one that begins so", {"@/d/a", "@/d/b", "@/d/c"}, "@/dd/x", NULL},
    {"a tree and a guarded tree in it", {"@/d/1/a", "@/d/2/a", "@/d/3/a"}, "@/d/x/y/", "opens"},
    {"a tree and a guarded name in it", {"@/d/1/a", "@/d/2/a", "@/d/3/a"}, "@/d/x/y", "opens"},
    {"a tree and its own name", {"@/d/1/a", "@/d/2/a", "@/d/3/a"}, "@/d", "opens"},
    {"a tree and another", {"@/d/1/a", "@/d/2/a", "@/d/3/a"}, "@/x/", NULL},
    {"a tree and a glob elsewhere", {"@/d/1/a", "@/d/2/a", "@/d/3/a"}, "@/x/*", NULL},
};

START_TEST(what_an_option_opens_is_said)
{
    const char *const protect = sandbox_expand(opened[_i].protect);
    char expected[4096];
    size_t count = 0;

    put_directory("d");
    for (; count < 4 && opened[_i].paths[count]; count++)
        put_record(count, opened[_i].paths[count], "default", NULL);
    say(count, protect, 1);
    snprintf(expected, sizeof expected, "%s what --protect \"%s\" guards\n",
             opened[_i].says ? opened[_i].says : "opens", protect);
    if (!opened[_i].says)
        ck_assert_msg(!strstr(text, "--protect"), "%s: %s", opened[_i].name, text);
    else
        ck_assert_msg(strstr(text, expected), "%s: %s", opened[_i].name, text);
    ck_assert_msg(!opened[_i].says ||
                      (strstr(text, "may open") != NULL) == (*opened[_i].says == 'm'),
                  "%s: %s", opened[_i].name, text);
}
END_TEST

START_TEST(the_words_say_what_is_opened)
{
    put_record(0, "@/d/a", "default", NULL);
    put_record(1, "@/d/b", "default", NULL);
    put_record(2, "@/d/c", "default", NULL);
    say(3, "", 0);
    ck_assert_str_eq(
        text, sandbox_expand(
                  "noclobber: these options would allow what this run replaced:\n"
                  "  --allow '@/d/*'\n"
                  "noclobber:   --allow \"@/d/*\" opens every name in that directory; this run "
                  "replaced 3\n"));
    put_record(0, "@/d/1/a", "default", NULL);
    put_record(1, "@/d/2/b", "default", NULL);
    put_record(2, "@/d/3/c", "default", NULL);
    ck_assert_ptr_nonnull(
        strstr(say(3, "", 0), "opens everything below that directory; this run replaced 3\n"));
    put_record(0, "@/it's", "default", NULL);
    ck_assert_ptr_nonnull(strstr(say(1, "", 0), "it'\\''s'\n"));
    ck_assert_str_eq(say(0, "", 0), "");
}
END_TEST

START_TEST(the_list_is_as_long_as_a_person_reads)
{
    static const char names[] = "*a\0*b\0*c\0*d\0*e";
    char path[64];
    size_t options = 0;

    for (size_t i = 0; i < 400; i++) {
        snprintf(path, sizeof path, "@/d%zu/x", i);
        put_record(i, path, "default", NULL);
    }
    say(400, names, 0);
    for (const char *at = text; (at = strstr(at, " --allow '")); at++)
        options++;
    ck_assert_uint_eq(options, FOLD_SHOWN);
    ck_assert_ptr_nonnull(
        strstr(text, "of 400 places that this run replaced, these options would allow 20; "));
    for (size_t i = 0; i < 400; i++) {
        snprintf(path, sizeof path, "@/x%zu", i);
        put_record(i, path, "default", NULL);
    }
    say(400, names, 5);
    ck_assert_ptr_nonnull(strstr(text, sandbox_expand("  --allow '@/*'\n")));
    ck_assert_ptr_nonnull(strstr(text, "may open what --protect \"*c\" guards"));
    ck_assert_ptr_null(strstr(text, "*d"));
    ck_assert_ptr_nonnull(strstr(text, "may open what 2 more protect patterns guard\n"));
}
END_TEST

static const struct {
    const char *name;
    const char *unless[3]; /* of /…/d/0, /…/d/1, … */
    const char *rule;
    const char *options;
} exceptions[] = {
    {"a case alone", {"allow_if:symlink"}, "protect:@/d/", " --allow-if symlink"},
    {"two cases",
     {"allow_if:empty", "allow_if:symlink"},
     "protect:@/d/",
     " --allow-if symlink,empty"},
    {"a case and a place",
     {"allow_if:empty", "-"},
     "protect:@/d/",
     " --allow '@/d/1' --allow-if empty"},
    {"a case that no pattern names", {"allow_if:empty"}, "default", " --allow '@/d/0'"},
    {"a case of everything", {"allow_if:empty"}, "protect:*", " --allow '@/d/0'"},
    {"a rule that asks no exception", {"-"}, "undecided", NULL},
};

START_TEST(a_case_rather_than_a_place_that_is_named)
{
    char path[64];
    size_t count = 0;

    for (; count < 3 && exceptions[_i].unless[count]; count++) {
        const char *const unless = exceptions[_i].unless[count];

        snprintf(path, sizeof path, "@/d/%zu", count);
        put_record(count, path, exceptions[_i].rule, *unless == '-' ? NULL : unless);
    }
    say(count, "", 0);
    if (!exceptions[_i].options)
        ck_assert_msg(*text == '\0', "%s: %s", exceptions[_i].name, text);
    else
        ck_assert_msg(strstr(text, sandbox_expand(exceptions[_i].options)), "%s: %s",
                      exceptions[_i].name, text);
}
END_TEST

/* Of the names of a directory that is opened anyhow, no case is needed; of a deeper one it is. */
START_TEST(a_case_that_a_place_lets_through_is_none)
{
    put_record(0, "@/d/a", "protect:x", NULL);
    put_record(1, "@/d/b", "protect:x", NULL);
    put_record(2, "@/d/c", "protect:x", NULL);
    put_record(3, "@/d/l", "protect:x", "allow_if:symlink");
    ck_assert_ptr_null(strstr(say(4, "", 0), "--allow-if"));
    put_record(4, "@/d/deep/l", "protect:x", "allow_if:symlink");
    ck_assert_ptr_nonnull(strstr(say(5, "", 0), "--allow-if symlink"));
    /* A tree lets through what is deep as well. */
    put_record(0, "@/d/1/a", "protect:x", NULL);
    put_record(1, "@/d/2/a", "protect:x", NULL);
    put_record(2, "@/d/3/a", "protect:x", NULL);
    ck_assert_ptr_null(strstr(say(5, "", 0), "--allow-if"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, few_patterns_match_all_that_was_seen, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_an_option_opens_is_said, 0, ROWS(opened));
    tcase_add_test(tcase, the_words_say_what_is_opened);
    tcase_add_test(tcase, the_list_is_as_long_as_a_person_reads);
    tcase_add_loop_test(tcase, a_case_rather_than_a_place_that_is_named, 0, ROWS(exceptions));
    tcase_add_test(tcase, a_case_that_a_place_lets_through_is_none);
}

int main(void)
{
    return run_tests("suggest", add);
}

/* SPDX-License-Identifier: MIT */
#include "launcher/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/escape.h"
#include "launcher/report/formats.h"
#include "launcher/report/tally.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* Strings of a record are not const, and nobody writes to them. */
#define RECORD(kind, why, onto, count)                                                             \
    {                                                                                              \
        .verdict = (kind), .rule = (why), .source = source, .destination = (onto),                 \
        .program = program, .repeated = (count)                                                    \
    }

static char source[] = "/tmp/new";
static char program[] = "/bin/mv";
static char by_default[] = "default";
static char allow_tmp[] = "allow:tmp/";
static char app[] = "/srv/app";
static char hostile[] = "/srv/a\n::error::b|`*<c>:,%\033\xFF\"\\";

static struct record list[] = {
    RECORD(EVENT_REFUSED, by_default, hostile, 0), RECORD(EVENT_ALLOWED, allow_tmp, app, 0),
    RECORD(EVENT_REFUSED, by_default, app, 9),     RECORD(EVENT_REFUSED, by_default, hostile, 0),
    RECORD(EVENT_AUDITED, by_default, app, 0),     RECORD(EVENT_ALLOWED, allow_tmp, hostile, 1),
};

static struct change change_list[] = {{.kind = CHANGE_TRUNCATED, .path = hostile}};
static char *arguments[] = {program, NULL};
static struct options options;
static struct policy policy;
static struct records records;
static struct changes changes;
static struct run_result result;
static struct suggestion suggestion;
static struct tally tally;
static char *output;
static size_t output_size;

static void happen(size_t record_count, size_t change_count, int has_leftovers)
{
    options = (struct options){.arguments = arguments};
    records = (struct records){.list = list, .count = record_count};
    changes = (struct changes){change_list, change_count};
    result = (struct run_result){.has_leftovers = has_leftovers};
    policy = (struct policy){.mode = POLICY_ENFORCE};
    tally = (struct tally){.options = &options,
                           .policy = &policy,
                           .changes = &changes,
                           .result = &result,
                           .records = &records,
                           .suggestion = &suggestion,
                           .status = 17};
    suggest_free(&suggestion); /* of the call before */
    suggestion = (struct suggestion){0};
    ck_assert_int_eq(suggest_make(&records, &(struct policy_patterns){NULL, 0}, &suggestion), 0);
    ck_assert_int_eq(tally_make(&tally), 0);
}

static FILE *begin(void)
{
    FILE *const out = open_memstream(&output, &output_size);

    ck_assert_ptr_nonnull(out);
    return out;
}

/* Everything above as `put` writes it. */
static const char *written(void (*put)(FILE *, const struct tally *))
{
    FILE *const out = begin();

    put(out, &tally);
    ck_assert_int_eq(fclose(out), 0);
    return output;
}

static void put_plain(FILE *out, const struct tally *what)
{
    report_text(out, what, 0);
}

/* ---- counting ---- */

START_TEST(each_destination_counts_once_and_each_call_too)
{
    happen(ROWS(list), 0, 0);
    ck_assert_uint_eq(tally.times[EVENT_REFUSED], 12);
    ck_assert_uint_eq(tally.times[EVENT_AUDITED], 1);
    ck_assert_uint_eq(tally.times[EVENT_ALLOWED], 3);
    ck_assert_uint_eq(tally.place_count[EVENT_REFUSED], 2);
    ck_assert_str_eq(tally.places[EVENT_REFUSED][0].first->destination, hostile);
    ck_assert_uint_eq(tally.places[EVENT_REFUSED][0].times, 2);
    ck_assert_uint_eq(tally.places[EVENT_REFUSED][1].times, 10);
    ck_assert_uint_eq(tally.place_count[EVENT_AUDITED], 1);
    ck_assert_uint_eq(tally.exception_count, 1);
    ck_assert_uint_eq(tally.exceptions[0].times, 3);
    tally_free(&tally);
}
END_TEST

/* ---- escaping ---- */

static const struct {
    const char *name;
    void (*escape)(FILE *, const char *);
    const char *expected;
} escapes[] = {
    {"JSON", escape_json, "/srv/a\\u000a::error::b|`*<c>:,%\\u001b\\udcff\\\"\\\\"},
    {"JSON, visibly", escape_json_visibly,
     "/srv/a\\u000a::error::b|`*<c>:,%\\u001b\\\\udcff\\\"\\\\"},
    {"GitHub", escape_github, "/srv/a%0A::error::b|`*<c>:,%25\\u001b\\udcff\"\\"},
    {"GitHub, property", escape_github_property,
     "/srv/a%0A%3A%3Aerror%3A%3Ab|`*<c>%3A%2C%25\\u001b\\udcff\"\\"},
    {"Markdown", escape_markdown,
     "/srv/a&#92;u000a&#58;&#58;error&#58;&#58;b&#124;&#96;&#42;&#60;c&#62;&#58;&#44;&#37;&#92;"
     "u001b&#92;udcff&#34;&#92;"},
};

START_TEST(a_name_is_no_markup)
{
    FILE *const out = begin();

    escapes[_i].escape(out, hostile);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_msg(strcmp(output, escapes[_i].expected) == 0, "%s: %s", escapes[_i].name, output);
    free(output);
}
END_TEST

/* ---- formats ---- */

START_TEST(nothing_is_said_when_nothing_happened)
{
    happen(0, 0, 0);
    ck_assert_str_eq(written(put_plain), "");
    free(output);
    ck_assert_str_eq(written(report_github_annotations), "");
    free(output);
    ck_assert_str_eq(written(report_github_summary), "");
    free(output);
    ck_assert_str_eq(written(report_gitlab), "[]\n");
    free(output);
    tally_free(&tally);
}
END_TEST

#define HOSTILE_TEXT "/srv/a\\u000a::error::b|`*<c>:,%\\u001b\\udcff\\\"\\\\"

START_TEST(text_names_each_destination_once)
{
    happen(ROWS(list), 1, 1);
    ck_assert_str_eq(
        written(put_plain),
        "noclobber: refused 12 renames onto 2 destinations\n"
        "noclobber:   \"" HOSTILE_TEXT "\" by \"/bin/mv\" from \"/tmp/new\" (default, 2 times)\n"
        "noclobber:   \"/srv/app\" by \"/bin/mv\" from \"/tmp/new\" (default, 10 times)\n"
        "noclobber: would have refused 1 rename onto 1 destination\n"
        "noclobber:   \"/srv/app\" by \"/bin/mv\" from \"/tmp/new\" (default)\n"
        "noclobber: allowed by exceptions: 3 renames onto 2 destinations\n"
        "noclobber:   allow:tmp/ (3 times)\n"
        "noclobber: changed by other means: 1 protected file\n"
        "noclobber:   truncated \"" HOSTILE_TEXT "\"\n"
        "noclobber:   not caused by a rename onto it that the library saw; typical causes: cp, "
        "install, "
        "rm, mv away, `>`, static and Go programs, another job\n"
        "noclobber: some processes of the command are still running; what they do is not "
        "counted\n");
    free(output);
    tally_free(&tally);
}
END_TEST

#define UNSEEN                                                                                     \
    "noclobber:   not caused by a rename onto it that the library saw; typical causes: cp, "       \
    "install, "                                                                                    \
    "rm, mv away, `>`, static and Go programs, another job\n"
#define COPIED "noclobber:   --exit-on-refusal ends a program that copies after a refusal\n"
#define TRACE "noclobber:   if it was a rename by a static or Go program, --trace refuses it\n"

static const struct {
    const char *name;
    struct change changes[2];
    size_t count;
    int is_traced;
    int is_sealed;
    enum policy_refusal on_refusal;
    const char *expected; /* behind the list */
} means[] = {
    {"changed", {{.kind = CHANGE_CHANGED}}, 1, 0, 0, POLICY_REFUSAL_ERROR, UNSEEN},
    {"replaced", {{.kind = CHANGE_REPLACED}}, 1, 0, 0, POLICY_REFUSAL_ERROR, UNSEEN TRACE},
    {"changed under --trace, by whomever",
     {{.kind = CHANGE_REPLACED}},
     1,
     1,
     0,
     POLICY_REFUSAL_ERROR,
     "noclobber:   not caused by a rename onto it in this run; typical causes: cp, install, rm, mv "
     "away, `>`, another job\n"},
    {"copied after a refusal",
     {{.kind = CHANGE_CHANGED, .is_after_refusal = 1}},
     1,
     0,
     0,
     POLICY_REFUSAL_ERROR,
     COPIED},
    {"copied after a refusal, under --trace",
     {{.kind = CHANGE_REPLACED, .is_after_refusal = 1}},
     1,
     1,
     0,
     POLICY_REFUSAL_ERROR,
     COPIED},
    {"the one and the other",
     {{.kind = CHANGE_CHANGED, .is_after_refusal = 1}, {.kind = CHANGE_REMOVED}},
     2,
     0,
     0,
     POLICY_REFUSAL_ERROR,
     COPIED UNSEEN},
    {"where --exit-on-refusal is in force",
     {{.kind = CHANGE_CHANGED, .is_after_refusal = 1}},
     1,
     0,
     0,
     POLICY_REFUSAL_EXIT,
     ""},
    {"sealed",
     {{.kind = CHANGE_CHANGED}},
     1,
     0,
     1,
     POLICY_REFUSAL_ERROR,
     "noclobber:   not prevented by the seal: a moved directory, another job, a hard link "
     "elsewhere, an unsealed file\n"},
};

START_TEST(the_likely_means_are_named)
{
    static struct change copies[2];
    const char *found;
    const char *end;

    happen(0, 0, 0);
    memcpy(copies, means[_i].changes, sizeof copies);
    copies[0].path = copies[1].path = app;
    changes = (struct changes){copies, means[_i].count};
    options.trace = means[_i].is_traced;
    result.is_sealed = means[_i].is_sealed;
    policy.on_refusal = means[_i].on_refusal;
    found = written(put_plain);
    for (size_t i = 0; i <= means[_i].count; i++)
        found = strchr(found, '\n') + 1;
    end = strstr(found, "noclobber: sealed");
    ck_assert_msg(
        strncmp(found, means[_i].expected, end ? (size_t)(end - found) : strlen(found) + 1) == 0,
        "%s: %s", means[_i].name, found);
    ck_assert_int_eq(strstr(output, "after a rename onto it was refused") != NULL,
                     copies[0].is_after_refusal);
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(colour_is_only_in_coloured_text)
{
    FILE *out;

    happen(ROWS(list), 1, 0);
    ck_assert_ptr_null(strchr(written(put_plain), '\033'));
    free(output);
    out = begin();
    report_text(out, &tally, 1);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_ptr_nonnull(strstr(output, "\033[1;31mrefused\033[0m"));
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(a_long_list_is_cut)
{
    static struct record many[60];
    static char names[60][16];

    for (int i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "/d/%d", i);
        many[i] = list[0];
        many[i].destination = names[i];
    }
    happen(0, 0, 0);
    tally_free(&tally);
    records = (struct records){.list = many, .count = 60};
    ck_assert_int_eq(tally_make(&tally), 0);
    ck_assert_ptr_nonnull(strstr(written(put_plain), "\"/d/49\""));
    ck_assert_ptr_null(strstr(output, "\"/d/50\""));
    ck_assert_ptr_nonnull(strstr(output, "and 10 more\n"));
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(an_annotation_is_one_line)
{
    setenv("GITHUB_WORKSPACE", sandbox_path(), 1);
    happen(1, 0, 0);
    ck_assert_str_eq(
        written(report_github_annotations),
        "::error title=noclobber%3A overwrite "
        "refused,file=/srv/a%0A%3A%3Aerror%3A%3Ab|`*<c>%3A%2C%25\\u001b\\udcff\"\\::/srv/"
        "a%0A::error::b|`*<c>:,%25\\u001b\\udcff\"\\ by /bin/mv from /tmp/new (default, 1 time)\n");
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(a_path_below_the_workspace_is_relative)
{
    static char below[4096];
    struct record record = list[0];

    put_link("link", ".");
    setenv("GITHUB_WORKSPACE", sandbox_name("link", below, sizeof below), 1);
    record.destination = sandbox_name("dist/a", below, sizeof below);
    happen(0, 0, 0);
    tally_free(&tally);
    records = (struct records){.list = &record, .count = 1};
    ck_assert_int_eq(tally_make(&tally), 0);
    ck_assert_ptr_nonnull(strstr(written(report_github_annotations), "file=dist/a::dist/a by "));
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(a_table_has_as_many_cells_in_each_row)
{
    const char *line;

    happen(ROWS(list), 1, 0);
    line = strchr(strstr(written(report_github_summary), "\n\n"), '|');
    for (; line && *line == '|'; line = strchr(line, '\n') + 1) {
        int bars = 0;

        for (const char *at = line; *at != '\n'; at++)
            bars += *at == '|';
        ck_assert_msg(bars == 7, "%s", line);
    }
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(gitlab_gets_a_stable_fingerprint)
{
    char first[4096];

    setenv("CI_PROJECT_DIR", sandbox_path(), 1);
    happen(ROWS(list), 1, 0);
    snprintf(first, sizeof first, "%s", written(report_gitlab));
    free(output);
    ck_assert_str_eq(written(report_gitlab), first);
    ck_assert_ptr_nonnull(strstr(first, "\"check_name\":\"noclobber/refused\",\"fingerprint\":\""));
    ck_assert_ptr_nonnull(
        strstr(first, "\"location\":{\"path\":\"/srv/app\",\"lines\":{\"begin\":1}}"));
    free(output);
    tally_free(&tally);
}
END_TEST

START_TEST(json_has_it_all)
{
    happen(1, 1, 1);
    result.is_sealed = 1;
    result.sealed = 3;
    written(report_json);
    ck_assert_ptr_nonnull(strstr(
        output,
        "\"status\":17,\"command_status\":0,\"command\":[\"/bin/mv\"],\"counts\":{"
        "\"refused\":1,\"audited\":0,\"allowed\":0,\"changed\":1,\"sealed\":3,"
        "\"damaged\":0},\"complete\":true,\"still_running\":true,\"refused\":[{\"destination\":"
        "\"" HOSTILE_TEXT "\",\"source\":\"/tmp/new\",\"program\":\"/bin/mv\",\"rule\":\"default\","
        "\"times\":1}],\"audited\":[],\"allowed\":[],\"changed\":[{\"path\":\"" HOSTILE_TEXT
        "\",\"how\":\"truncated\"}],\"suggested\":[]}\n"));
    free(output);
    tally_free(&tally);
}
END_TEST

/* More than are shown, of everything that is listed. */
START_TEST(long_lists_of_every_kind_are_cut)
{
    static struct change many[60];
    static struct record refusals[60];
    static char paths[60][32];

    happen(0, 0, 0);
    for (int i = 0; i < 60; i++) {
        snprintf(paths[i], sizeof paths[i], "/d/%d", i);
        many[i] =
            (struct change){.kind = CHANGE_REMOVED, .path = paths[i], .is_after_refusal = i == 0};
        refusals[i] = (struct record)RECORD(EVENT_REFUSED, by_default, paths[i], 0);
    }
    tally_free(&tally);
    records = (struct records){.list = refusals, .count = 60, .is_incomplete = 1, .damaged = 2};
    changes = (struct changes){many, 60};
    ck_assert_int_eq(tally_make(&tally), 0);
    written(report_github_annotations);
    ck_assert_ptr_nonnull(
        strstr(output, "::notice title=noclobber::and 10 more overwrite refused\n"));
    ck_assert_ptr_nonnull(strstr(
        output, "/d/0 was removed after a rename onto it was refused: see --exit-on-refusal\n"));
    ck_assert_ptr_nonnull(strstr(output, "/d/1 was removed\n"));
    ck_assert_ptr_nonnull(strstr(
        output, "::notice title=noclobber::and 10 more protected files changed by other means\n"));
    ck_assert_ptr_nonnull(strstr(output, "some refusals could not be recorded\n"));
    ck_assert_ptr_null(strstr(output, "/d/50"));
    free(output);
    written(report_github_summary);
    ck_assert_ptr_nonnull(strstr(output, "| refused | and 10 more |"));
    ck_assert_ptr_nonnull(strstr(output, "| changed | and 10 more |"));
    free(output);
    written(put_plain);
    ck_assert_ptr_nonnull(strstr(output, "noclobber: 2 damaged lines in the log\n"));
    ck_assert_ptr_nonnull(strstr(output, "noclobber: some refusals could not be recorded"));
    free(output);
    written(report_json);
    ck_assert_ptr_nonnull(strstr(output,
                                 "{\"path\":\"/d/0\",\"how\":\"removed\",\"after_refusal\":true},"
                                 "{\"path\":\"/d/1\",\"how\":\"removed\"}"));
    ck_assert_ptr_nonnull(strstr(output, "\"complete\":false"));
    free(output);
    tally_free(&tally);
}
END_TEST

/* Two rules, each counted by itself; of one destination twice the first event is shown. */
START_TEST(each_exception_is_counted)
{
    static char other[] = "allow_if:empty";
    static struct record both[] = {
        RECORD(EVENT_ALLOWED, allow_tmp, app, 0),
        RECORD(EVENT_ALLOWED, other, hostile, 2),
        RECORD(EVENT_ALLOWED, allow_tmp, app, 0),
    };

    happen(0, 0, 0);
    tally_free(&tally);
    records = (struct records){.list = both, .count = 3};
    ck_assert_int_eq(tally_make(&tally), 0);
    ck_assert_uint_eq(tally.exception_count, 2);
    ck_assert_uint_eq(tally.exceptions[0].times, 2);
    ck_assert_uint_eq(tally.exceptions[1].times, 3);
    ck_assert_ptr_eq(tally.places[EVENT_ALLOWED][0].first, &both[0]);
    ck_assert_ptr_eq(tally.places[EVENT_ALLOWED][1].first, &both[1]);
    tally_free(&tally);
}
END_TEST

/* By check, path and rule, each to its end. */
START_TEST(a_fingerprint_is_of_all_that_makes_a_finding)
{
    static char rules[][16] = {"allow:x", "allow:xy", "allow:y"};
    static char paths[][8] = {"/a", "/ab", "/b"};
    char fingerprints[9][17];

    for (int i = 0; i < 9; i++) {
        static struct record one[1];
        const char *found;

        happen(0, 0, 0);
        tally_free(&tally);
        one[0] = (struct record)RECORD(EVENT_REFUSED, rules[i / 3], paths[i % 3], 0);
        records = (struct records){.list = one, .count = 1};
        ck_assert_int_eq(tally_make(&tally), 0);
        found = strstr(written(report_gitlab), "\"fingerprint\":\"");
        ck_assert_ptr_nonnull(found);
        snprintf(fingerprints[i], sizeof fingerprints[i], "%.16s", found + 15);
        free(output);
        tally_free(&tally);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(fingerprints[i], fingerprints[j]);
    }
}
END_TEST

START_TEST(json_has_the_options_that_are_suggested)
{
    static char pattern[] = "/srv/a b/";
    struct fold_item item = {.pattern = pattern};

    happen(0, 0, 0);
    suggest_free(&suggestion);
    suggestion.allow = (struct fold){&item, 1};
    suggestion.allow_if = POLICY_ALLOW_IF_SYMLINK | POLICY_ALLOW_IF_EMPTY;
    written(report_json);
    ck_assert_ptr_nonnull(
        strstr(output, "\"suggested\":[\"--allow\",\"/srv/a b/\",\"--allow-if\",\"symlink\","
                       "\"--allow-if\",\"empty\"]}\n"));
    free(output);
    suggestion.allow.count = 0;
    suggestion.allow_if = POLICY_ALLOW_IF_EMPTY;
    written(report_json);
    ck_assert_ptr_nonnull(strstr(output, "\"suggested\":[\"--allow-if\",\"empty\"]}\n"));
    free(output);
    suggestion = (struct suggestion){0}; /* nothing of it was allocated */
    tally_free(&tally);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, json_has_the_options_that_are_suggested);
    tcase_add_test(tcase, long_lists_of_every_kind_are_cut);
    tcase_add_test(tcase, each_exception_is_counted);
    tcase_add_test(tcase, a_fingerprint_is_of_all_that_makes_a_finding);
    tcase_add_test(tcase, each_destination_counts_once_and_each_call_too);
    tcase_add_loop_test(tcase, a_name_is_no_markup, 0, ROWS(escapes));
    tcase_add_test(tcase, nothing_is_said_when_nothing_happened);
    tcase_add_test(tcase, text_names_each_destination_once);
    tcase_add_loop_test(tcase, the_likely_means_are_named, 0, ROWS(means));
    tcase_add_test(tcase, colour_is_only_in_coloured_text);
    tcase_add_test(tcase, a_long_list_is_cut);
    tcase_add_test(tcase, an_annotation_is_one_line);
    tcase_add_test(tcase, a_path_below_the_workspace_is_relative);
    tcase_add_test(tcase, a_table_has_as_many_cells_in_each_row);
    tcase_add_test(tcase, gitlab_gets_a_stable_fingerprint);
    tcase_add_test(tcase, json_has_it_all);
}

int main(void)
{
    return run_tests("report", add);
}

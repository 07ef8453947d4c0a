/* SPDX-License-Identifier: MIT */
#include "launcher/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit/capture.h"
#include "unit/run.h"

#define WORDS_MAX 8

static struct options options;
static const char *said;

/* Parses "noclobber" and the words, NULL-terminated. */
static int parse(const char *const *words)
{
    static char copies[WORDS_MAX][64];
    static char *argv[WORDS_MAX + 2];
    int argc = 1;
    int result;

    argv[0] = copies[0];
    strcpy(copies[0], "noclobber");
    for (; words[argc - 1]; argc++) {
        snprintf(copies[argc], sizeof copies[0], "%s", words[argc - 1]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    capture_begin(STDERR_FILENO);
    result = options_parse(argc, argv, &options);
    said = capture_end(STDERR_FILENO);
    return result;
}

START_TEST(without_options_there_are_defaults)
{
    ck_assert_int_eq(parse((const char *[]){"make", NULL}), 0);
    ck_assert_int_eq(options.action, OPTIONS_RUN);
    ck_assert_int_eq(options.format, OPTIONS_FORMAT_TEXT);
    ck_assert_int_eq(options.verify, OPTIONS_VERIFY_STAT);
    ck_assert_int_eq(options.refused_status, 17);
    ck_assert_uint_eq(options.given_count, 0);
    ck_assert_str_eq(options.arguments[0], "make");
    ck_assert_ptr_null(options.arguments[1]);
    options_free(&options);
}
END_TEST

START_TEST(what_is_policy_keeps_its_order)
{
    static const enum setting_id order[] = {SETTING_PROTECT, SETTING_AUDIT, SETTING_ALLOW,
                                            SETTING_ALLOW, SETTING_PROTECT};

    ck_assert_int_eq(
        parse((const char *[]){"-np", "a", "--allow=b", "-ac", "--protect", "d", NULL}), 0);
    ck_assert_uint_eq(options.given_count, 5);
    ck_assert_int_eq(setting_id(options.given[0].setting), SETTING_AUDIT);
    ck_assert_ptr_null(options.given[0].value);
    for (int i = 1; i < 5; i++)
        ck_assert_int_eq(options.given[i].value[0], " abcd"[i]);
    for (int i = 2; i < 5; i++)
        ck_assert_int_eq(setting_id(options.given[i].setting), order[i]);
    ck_assert_ptr_null(options.arguments[0]);
    options_free(&options);
}
END_TEST

/* ---- each option, short and long ---- */

static int is_same(const char *value, const char *expected)
{
    return value && strcmp(value, expected) == 0;
}

/* Whether the last of what is policy is this. */
static int is_given(size_t count, enum setting_id id, const char *value)
{
    const struct options_value *const last = &options.given[options.given_count - 1];

    return options.given_count == count && setting_id(last->setting) == id &&
           (value ? is_same(last->value, value) : !last->value);
}
static int protects_all(void)
{
    return is_given(1, SETTING_PROTECT_ALL, NULL);
}
static int allows_if(void)
{
    return is_given(1, SETTING_ALLOW_IF, "same,empty");
}
static int allows_if_twice(void)
{
    return is_given(2, SETTING_ALLOW_IF, "empty") && is_same(options.given[0].value, "same");
}
static int audits(void)
{
    return is_given(1, SETTING_AUDIT, NULL);
}
static int enforces(void)
{
    return is_given(2, SETTING_ENFORCE, NULL);
}
static int exits(void)
{
    return is_given(1, SETTING_EXIT_ON_REFUSAL, NULL);
}
static int falls_back(void)
{
    return is_given(1, SETTING_FALLBACK, "refuse");
}
static int logs(void)
{
    return is_given(1, SETTING_LOG, "-");
}
static int reads_policy(void)
{
    return is_same(options.policy_file, "file");
}
static int seals(void)
{
    return options.seal == OPTIONS_SEAL_REQUIRE;
}
static int seals_if_possible(void)
{
    return options.seal == OPTIONS_SEAL_AUTO && is_same(options.user, "me");
}
static int restores(void)
{
    return options.restore == OPTIONS_RESTORE_AUTO;
}
static int restores_all(void)
{
    return options.restore == OPTIONS_RESTORE_REQUIRE;
}
static int is_quiet(void)
{
    return options.quiet;
}
static int is_json(void)
{
    return options.format == OPTIONS_FORMAT_JSON;
}
static int is_github(void)
{
    return options.format == OPTIONS_FORMAT_GITHUB;
}
static int reports(void)
{
    return options.format == OPTIONS_FORMAT_GITLAB && is_same(options.report_file, "file");
}
static int hashes(void)
{
    return options.verify == OPTIONS_VERIFY_HASH;
}
static int looks(void)
{
    return options.verify == OPTIONS_VERIFY_STAT;
}
static int does_not_look(void)
{
    return options.verify == OPTIONS_VERIFY_NONE;
}
static int status_is_0(void)
{
    return options.refused_status == 0;
}
static int status_is_255(void)
{
    return options.refused_status == 255;
}
static int explains(void)
{
    return options.action == OPTIONS_EXPLAIN && is_same(options.arguments[0], "x");
}
static int examines(void)
{
    return options.action == OPTIONS_DOCTOR && !options.arguments[0];
}
static int examines_x(void)
{
    return options.action == OPTIONS_DOCTOR && is_same(options.arguments[0], "x");
}
static int is_version(void)
{
    return options.action == OPTIONS_VERSION;
}
static int is_help(void)
{
    return options.action == OPTIONS_HELP;
}
static int leaves_the_rest(void)
{
    return !options.quiet && is_same(options.arguments[0], "cp") &&
           is_same(options.arguments[1], "-q");
}
static int leaves_what_looks_like_one(void)
{
    return !options.quiet && is_same(options.arguments[0], "-q");
}

static const struct {
    const char *words[WORDS_MAX];
    int (*holds)(void);
} rows[] = {
    {{"-P"}, protects_all},
    {{"--protect-all"}, protects_all},
    {{"-i", "same,empty"}, allows_if},
    {{"--allow-if=same,empty"}, allows_if},
    {{"-i", "same", "--allow-if", "empty"}, allows_if_twice},
    {{"-n"}, audits},
    {{"--audit"}, audits},
    {{"-n", "--enforce"}, enforces},
    {{"-x"}, exits},
    {{"--exit-on-refusal"}, exits},
    {{"-frefuse"}, falls_back},
    {{"--fallback=refuse"}, falls_back},
    {{"-l", "-"}, logs},
    {{"--log=-"}, logs},
    {{"-c", "file"}, reads_policy},
    {{"--policy", "file"}, reads_policy},
    {{"--seal"}, seals},
    {{"--seal=require"}, seals},
    {{"--seal=auto", "--user=me"}, seals_if_possible},
    {{"--seal", "--seal=auto", "--user", "me"}, seals_if_possible},
    {{"--restore"}, restores},
    {{"--restore=require"}, restores_all},
    {{"-nq"}, is_quiet},
    {{"--quiet"}, is_quiet},
    {{"--qui"}, is_quiet},
    {{"--format=json"}, is_json},
    {{"--format", "github"}, is_github},
    {{"--format=gitlab", "--report-file=file"}, reports},
    {{"--report-file=file", "--format=gitlab"}, reports},
    {{"--verify=hash"}, hashes},
    {{"--verify", "hash"}, hashes},
    {{"--no-verify", "--verify=stat"}, looks},
    {{"--verify=hash", "--no-verify"}, does_not_look},
    {{"--refused-status=0"}, status_is_0},
    {{"--refused-status", "255"}, status_is_255},
    {{"-e", "x"}, explains},
    {{"--explain", "x"}, explains},
    {{"-d"}, examines},
    {{"--doctor", "x"}, examines_x},
    {{"-V"}, is_version},
    {{"--version", "--nonsense"}, is_version},
    {{"-h"}, is_help},
    {{"-qh", "x"}, is_help},
    {{"--help", "--nonsense"}, is_help},
    {{"cp", "-q"}, leaves_the_rest},
    {{"--", "cp", "-q"}, leaves_the_rest},
    {{"--", "-q"}, leaves_what_looks_like_one},
};

START_TEST(each_option_is_taken)
{
    ck_assert_msg(parse(rows[_i].words) == 0, "%s: %s", rows[_i].words[0], said);
    ck_assert_str_eq(said, "");
    ck_assert_msg(rows[_i].holds(), "%s", rows[_i].words[0]);
    options_free(&options);
}
END_TEST

/* ---- what is wrong ---- */

static const struct {
    const char *words[WORDS_MAX];
    const char *says;
} refusals[] = {
    {{"-z"}, "-z: unknown option; see --help"},
    {{"-qz"}, "-z: unknown option; see --help"},
    {{"--nonsense"}, "--nonsense: unknown option; see --help"},
    {{"--nonsense=x"}, "--nonsense=x: unknown option; see --help"},
    {{"--ver"}, "--ver: is ambiguous; write the option in full, see --help"},
    {{"-p"}, "-p: needs a value; see --help"},
    {{"--protect"}, "--protect: needs a value; see --help"},
    {{"--re"}, "--re: is ambiguous; write the option in full, see --help"},
    {{"--refused-status"}, "--refused-status: needs a value; see --help"},
    {{"--e"}, "--e: is ambiguous; write the option in full, see --help"},
    {{"--quiet=yes"}, "--quiet 'yes': takes no value"},
    {{"--no-verify=x"}, "--no-verify 'x': takes no value"},
    {{"--format=xml"}, "--format 'xml': must be text, json, github or gitlab"},
    {{"--format="}, "--format '': must be text, json, github or gitlab"},
    {{"--verify=md5"}, "--verify 'md5': must be stat or hash; to skip it, use --no-verify"},
    {{"--refused-status=256"}, "--refused-status '256': must be a number from 0 to 255"},
    {{"--refused-status=-1"}, "--refused-status '-1': must be a number from 0 to 255"},
    {{"--refused-status="}, "--refused-status '': must be a number from 0 to 255"},
    {{"--refused-status=1x"}, "--refused-status '1x': must be a number from 0 to 255"},
    {{"--refused-status=0000"}, "--refused-status '0000': must be a number from 0 to 255"},
    {{"-c", "a", "-c", "b"}, "--policy 'b': can be given only once; put all settings in one file"},
    {{"--report-file=x", "ls"}, "--report-file 'x': needs --format=json or --format=gitlab"},
    {{"--format=json", "--report-file=", "ls"}, "--report-file '': needs a file"},
    {{"-e"}, "--explain: needs a path: noclobber [options] --explain PATH..."},
    {{"-d", "a", "b"}, "--doctor 'b': takes one directory at most"},
    {{"-d", ""}, "--doctor '': needs a directory, or nothing"},
    {{"-ed", "a"}, "--explain, --doctor: give only one of them"},
    {{"--fo\nrmat\x1b"}, "--fo\\u000armat\\u001b: unknown option; see --help"},
};

START_TEST(what_is_wrong_is_named_in_one_line)
{
    char expected[256];

    snprintf(expected, sizeof expected, "noclobber: %s\n", refusals[_i].says);
    ck_assert_int_eq(parse(refusals[_i].words), -EINVAL);
    ck_assert_str_eq(said, expected);
    options_free(&options);
}
END_TEST

START_TEST(help_fits_a_screen)
{
    const char *text;
    int lines = 0;

    capture_begin(STDOUT_FILENO);
    options_help();
    fflush(stdout);
    text = capture_end(STDOUT_FILENO);
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1, lines++)
        ck_assert_msg(strcspn(line, "\n") <= 80, "%.90s", line);
    ck_assert_int_le(lines, 24);
    for (int i = 0; i < SETTING_COUNT; i++)
        ck_assert_msg(strstr(text, settings_table[i].name), "%s", settings_table[i].name);
}
END_TEST

/* Whether two rows of the table could be taken for one another. */
START_TEST(each_setting_has_a_name_and_a_letter_of_its_own)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *const setting = &settings_table[i];

        ck_assert_ptr_eq(setting_named(setting->name), setting);
        ck_assert(setting->letter == 0 || setting_lettered(setting->letter) == setting);
        ck_assert_msg(!setting->argument || setting->needs, "%s", setting->name);
        ck_assert_msg(setting->help || strstr("enforce user no-verify version help", setting->name),
                      "%s", setting->name);
    }
    ck_assert_ptr_null(setting_named("prot"));
    ck_assert_ptr_null(setting_lettered(0));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, without_options_there_are_defaults);
    tcase_add_test(tcase, what_is_policy_keeps_its_order);
    tcase_add_loop_test(tcase, each_option_is_taken, 0, ROWS(rows));
    tcase_add_loop_test(tcase, what_is_wrong_is_named_in_one_line, 0, ROWS(refusals));
    tcase_add_test(tcase, help_fits_a_screen);
    tcase_add_test(tcase, each_setting_has_a_name_and_a_letter_of_its_own);
}

int main(void)
{
    return run_tests("options", add);
}

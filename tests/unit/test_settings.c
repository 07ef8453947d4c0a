/* SPDX-License-Identifier: MIT */
#include "launcher/settings/settings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/settings/table.h"
#include "unit/capture.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static struct settings settings;
static const char *said;

/* The command line of a test, in the order of `give`. */
static struct options_value given[64];
static struct options options;

static void give(enum setting_id id, const char *value)
{
    given[options.given_count++] = (struct options_value){&settings_table[id], value};
    options.given = given;
}

/* Without any NOCLOBBER_ variable but those in `environment`. */
static int build(const char *const *environment)
{
    static char copies[8][512];
    static char *strings[9];
    int result;
    int count = 0;

    for (; environment && environment[count]; count++) {
        snprintf(copies[count], sizeof copies[count], "%s", environment[count]);
        strings[count] = copies[count];
    }
    strings[count] = NULL;
    environ = strings;
    capture_begin(STDERR_FILENO);
    result = settings_build(&options, &settings);
    said = capture_end(STDERR_FILENO);
    return result;
}

/* All variables, a newline behind each, the sandbox's path as `@`. */
static const char *variables(void)
{
    static char out[8192];
    size_t length = 0;

    out[0] = '\0';
    for (char **variable = settings.variables; *variable; variable++) {
        const char *at = *variable;
        const char *found;

        while ((found = strstr(at, sandbox_path()))) {
            length += (size_t)sprintf(out + length, "%.*s@", (int)(found - at), at);
            at = found + strlen(sandbox_path());
        }
        length += (size_t)sprintf(out + length, "%s\n", at);
    }
    return out;
}

/* ---- three sources ---- */

static const struct {
    const char *name;
    const char *environment[5];
    const char *file; /* content, or NULL for none */
    const char *protect;
    const char *allow_if;
    const char *log;
    int protect_all;
    int audit;
    int is_chosen;
    const char *variables;
} rows[] = {
    {"nothing", {NULL}, NULL, NULL, NULL, NULL, 0, 0, 0, ""},
    {"an option", {NULL}, NULL, "dist/", NULL, NULL, 0, 0, 1, "NOCLOBBER_PROTECT=@/dist/\n"},
    {"everything", {NULL}, NULL, NULL, NULL, NULL, 1, 0, 1, ""},
    {"everything, and what is named",
     {NULL},
     NULL,
     "x",
     NULL,
     NULL,
     1,
     0,
     1,
     "NOCLOBBER_PROTECT=x:*\n"},
    {"a variable, as it is",
     {"NOCLOBBER_PROTECT=dist/:a"},
     NULL,
     NULL,
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=dist/:a\n"},
    {"a variable that says nothing of guards",
     {"NOCLOBBER_MODE=audit"},
     NULL,
     NULL,
     NULL,
     NULL,
     0,
     0,
     0,
     "NOCLOBBER_MODE=audit\n"},
    {"an empty variable says nothing",
     {"NOCLOBBER_ALLOW=", "NOCLOBBER_LOG="},
     NULL,
     NULL,
     NULL,
     NULL,
     0,
     0,
     0,
     ""},
    {"what is no policy is left out",
     {"NOCLOBBER_LIBRARY=/x.so", "OTHER=1"},
     NULL,
     NULL,
     NULL,
     NULL,
     0,
     0,
     0,
     ""},
    {"inside of one that protects everything",
     {"NOCLOBBER_REPORT=/tmp/x"},
     NULL,
     "dist/",
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=@/dist/\nNOCLOBBER_1_REPORT=/tmp/x\n"},
    {"inside of one that protects something",
     {"NOCLOBBER_REPORT=/tmp/x", "NOCLOBBER_PROTECT=a", "NOCLOBBER_LIBRARY=/x.so"},
     NULL,
     "b",
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=a:b\nNOCLOBBER_1_REPORT=/tmp/x\nNOCLOBBER_1_PROTECT=a\n"},
    {"inside of one inside another",
     {"NOCLOBBER_REPORT=/b", "NOCLOBBER_1_PROTECT=a", "NOCLOBBER_1_REPORT=/a",
      "NOCLOBBER_MODE=traced"},
     NULL,
     "b",
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=b\nNOCLOBBER_2_REPORT=/b\nNOCLOBBER_1_PROTECT=a\nNOCLOBBER_1_REPORT=/a\n"
     "NOCLOBBER_2_MODE=traced\n"},
    {"the outer log, of which this one's is another",
     {"NOCLOBBER_REPORT=/b", "NOCLOBBER_LOG=/log"},
     NULL,
     "b",
     NULL,
     "/own",
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=b\nNOCLOBBER_LOG=/own\nNOCLOBBER_1_REPORT=/b\nNOCLOBBER_1_LOG=/log\n"},
    {"the outer log, which is this one's too",
     {"NOCLOBBER_REPORT=/b", "NOCLOBBER_LOG=/log"},
     NULL,
     "b",
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=b\nNOCLOBBER_LOG=/log\nNOCLOBBER_1_REPORT=/b\n"},
    {"a file",
     {NULL},
     "protect dist/\nprotect=*.deb\nallow-if same\nlog events\nexit-on-refusal\nfallback refuse\n",
     NULL,
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=@/d/dist/:*.deb\nNOCLOBBER_ALLOW_IF=same\nNOCLOBBER_ON_REFUSAL=exit\n"
     "NOCLOBBER_FALLBACK=refuse\nNOCLOBBER_LOG=@/d/events\n"},
    {"a file that protects everything",
     {"NOCLOBBER_PROTECT=a"},
     "protect-all\nallow b\n",
     "c",
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=a:c:*\nNOCLOBBER_ALLOW=b\n"},
    {"all three add to lists",
     {"NOCLOBBER_PROTECT=a", "NOCLOBBER_ALLOW_IF=empty"},
     "protect b/\nallow-if same\n",
     "c/",
     "symlink",
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=a:@/d/b/:@/c/\nNOCLOBBER_ALLOW_IF=empty,same,symlink\n"},
    {"the last of all three counts",
     {"NOCLOBBER_MODE=enforce", "NOCLOBBER_LOG=/a"},
     "log b\n",
     NULL,
     NULL,
     "c",
     0,
     1,
     1,
     "NOCLOBBER_MODE=audit\nNOCLOBBER_LOG=@/c\n"},
    {"an option that takes back what a variable says",
     {"NOCLOBBER_MODE=off"},
     "audit\nprotect x\nenforce\n",
     NULL,
     NULL,
     NULL,
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=x\nNOCLOBBER_MODE=enforce\n"},
    {"a log to standard error",
     {NULL},
     NULL,
     "x",
     NULL,
     "-",
     0,
     0,
     1,
     "NOCLOBBER_PROTECT=x\nNOCLOBBER_LOG=-\n"},
};

START_TEST(settings_come_together)
{
    if (rows[_i].protect)
        give(SETTING_PROTECT, rows[_i].protect);
    if (rows[_i].allow_if)
        give(SETTING_ALLOW_IF, rows[_i].allow_if);
    if (rows[_i].log)
        give(SETTING_LOG, rows[_i].log);
    if (rows[_i].protect_all)
        give(SETTING_PROTECT_ALL, NULL);
    if (rows[_i].audit)
        give(SETTING_AUDIT, NULL);
    put_directory("d");
    if (rows[_i].file) {
        put_file("d/policy", rows[_i].file);
        options.policy_file = "d/policy";
    }
    ck_assert_msg(build(rows[_i].environment) == 0, "%s: %s", rows[_i].name, said);
    ck_assert_msg(strcmp(variables(), rows[_i].variables) == 0, "%s: %s", rows[_i].name,
                  variables());
    ck_assert_msg(settings.is_policy_chosen == rows[_i].is_chosen, "%s", rows[_i].name);
    settings_free(&settings);
}
END_TEST

START_TEST(inside_eight_others_is_too_deep)
{
    static const char *const environment[] = {"NOCLOBBER_8_REPORT=/8", "NOCLOBBER_REPORT=/9", NULL};

    give(SETTING_PROTECT, "x");
    ck_assert_int_eq(build(environment), -E2BIG);
    ck_assert_str_eq(said, "noclobber: noclobber: already runs inside eight others; nest fewer\n");
    settings_free(&settings);
}
END_TEST

START_TEST(the_policy_is_parsed_as_the_library_will)
{
    give(SETTING_PROTECT, "dist/");
    give(SETTING_ALLOW, "dist/a\\:b");
    give(SETTING_AUDIT, NULL);
    ck_assert_int_eq(build(NULL), 0);
    ck_assert_int_eq(settings.policy.mode, POLICY_AUDIT);
    ck_assert_uint_eq(settings.policy.protect.count, 1);
    ck_assert_uint_eq(settings.policy.allow.count, 1);
    ck_assert_int_eq(settings.policy.is_fallen_back, 0);
    settings_free(&settings);
}
END_TEST

/* ---- what is wrong ---- */

static const struct {
    const char *name;
    const char *environment[3];
    const char *file;
    enum setting_id option;
    const char *value; /* of the option; NULL: there is none */
    const char *says;  /* the beginning */
} refusals[] = {
    {.name = "a variable's pattern",
     .environment = {"NOCLOBBER_PROTECT=a:./b"},
     .says = "noclobber: NOCLOBBER_PROTECT './b': a '.' or '..' component could never match"},
    {.name = "an empty variable",
     .environment = {"NOCLOBBER_PROTECT="},
     .value = "x",
     .says = "noclobber: NOCLOBBER_PROTECT '': must name a pattern"},
    {.name = "a variable's word",
     .environment = {"NOCLOBBER_MODE=on"},
     .says = "noclobber: NOCLOBBER_MODE 'on': must be enforce, audit or off\n"},
    {.name = "a misspelt variable",
     .environment = {"NOCLOBBER_PROTECTS=x"},
     .says = "noclobber: NOCLOBBER_PROTECTS 'x': unknown variable"},
    {.name = "an option's pattern",
     .value = "[a",
     .says = "noclobber: --protect '[a': '[' has no ']'"},
    {.name = "an empty pattern",
     .option = SETTING_ALLOW,
     .value = "",
     .says = "noclobber: --allow '': needs a pattern"},
    {.name = "two patterns in one option",
     .value = "a/:b/",
     .says = "noclobber: --protect 'a/:b/': give one pattern at a time"},
    {.name = "a pattern with control characters",
     .value = "a\n\x1b[31m[/",
     .says = "noclobber: --protect 'a\\u000a\\u001b[31m[/': "},
    {.name = "a word of a list",
     .option = SETTING_ALLOW_IF,
     .value = "same,bigger",
     .says = "noclobber: --allow-if 'bigger': must be a list of same, symlink and empty"},
    {.name = "an empty list",
     .option = SETTING_ALLOW_IF,
     .value = "",
     .says = "noclobber: --allow-if '': needs same, symlink or empty"},
    {.name = "a fallback",
     .option = SETTING_FALLBACK,
     .value = "guess",
     .says = "noclobber: --fallback 'guess': must be emulate or refuse\n"},
    {.name = "an empty fallback",
     .option = SETTING_FALLBACK,
     .value = "",
     .says = "noclobber: --fallback '': needs emulate or refuse\n"},
    {.name = "an empty log",
     .option = SETTING_LOG,
     .value = "",
     .says = "noclobber: --log '': needs a file"},
    {.name = "a directory without its slash",
     .value = "here",
     .says = "noclobber: --protect 'here': is a directory, and nothing in it would be protected"},
    {.name = "a file's directory without its slash",
     .file = "audit\nprotect ./here\n",
     .says = "noclobber: policy:2 './here': is a directory"},
    {.name = "a variable's directory without its slash",
     .environment = {"NOCLOBBER_PROTECT=a:here"},
     .says = "noclobber: NOCLOBBER_PROTECT 'here': is a directory"},
    {.name = "a variable's quotes",
     .environment = {"NOCLOBBER_PROTECT='here/'"},
     .says = "noclobber: NOCLOBBER_PROTECT ''here/'': a stray blank, quote"},
    {.name = "a file's quotes",
     .file = "protect \"here/\"\n",
     .says = "noclobber: policy:1 '\\\"here/\\\"': begins or ends with a quote"},
    {.name = "a tilde",
     .value = "~/here/",
     .says = "noclobber: --protect '~/here/': '~' and '$' are not expanded here"},
    {.name = "quotes around a log",
     .file = "log '/tmp/x'\n",
     .says = "noclobber: policy:1 ''/tmp/x'': begins or ends with a quote"},
    {.name = "an unknown setting",
     .file = "\nprotects x\n",
     .says = "noclobber: policy:2 'protects': unknown setting; the settings are protect, "
             "protect-all, "},
    {.name = "an option that is no setting",
     .file = "trace\n",
     .says =
         "noclobber: policy:1 'trace': can't be set in a policy file; the settings are protect, "},
    {.name = "a setting without its value",
     .file = "protect\n",
     .says = "noclobber: policy:1 'protect': needs a pattern"},
    {.name = "a setting with an empty value",
     .file = "audit\n\nlog = \n",
     .says = "noclobber: policy:3 '': needs a file"},
    {.name = "a setting with a value too many",
     .file = "audit yes\n",
     .says = "noclobber: policy:1 'audit': takes no value\n"},
    {.name = "a file's pattern",
     .file = "audit\nprotect x/../../[\n",
     .says = "noclobber: policy:2 'x/../../[': '..' follows a directory that does not exist"},
    {.name = "a file's list",
     .file = "allow-if all\n",
     .says = "noclobber: policy:1 'all': must be a list of same, symlink and empty"},
};

START_TEST(what_is_wrong_is_called_by_its_name)
{
    if (refusals[_i].value)
        give(refusals[_i].option, refusals[_i].value);
    options.policy_file = refusals[_i].file ? "policy" : NULL;
    if (refusals[_i].file)
        put_file("policy", refusals[_i].file);
    put_directory("here");
    ck_assert_msg(build(refusals[_i].environment) == -EINVAL, "%s", refusals[_i].name);
    ck_assert_msg(strncmp(said, refusals[_i].says, strlen(refusals[_i].says)) == 0, "%s: %s",
                  refusals[_i].name, said);
    ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s: %s", refusals[_i].name, said);
    settings_free(&settings);
}
END_TEST

/* ---- what protects nothing ---- */

static const struct {
    const char *name;
    const char *environment[3];
    enum setting_id option;
    const char *value;
    const char *says;
} warnings[] = {
    {"off, from outside",
     {"NOCLOBBER_MODE=off"},
     SETTING_PROTECT,
     "x",
     "noclobber: NOCLOBBER_MODE 'off': nothing is protected in this run; unset it, or use "
     "--enforce\n"},
    {"audit, from outside",
     {"NOCLOBBER_MODE=audit"},
     SETTING_PROTECT,
     "x",
     "noclobber: NOCLOBBER_MODE 'audit': nothing is refused in this run; unset it, or use "
     "--enforce\n"},
    {"an option audits as well", {"NOCLOBBER_MODE=audit"}, SETTING_AUDIT, NULL, ""},
    {"an option overrides", {"NOCLOBBER_MODE=off"}, SETTING_ENFORCE, NULL, ""},
    {"inside another noclobber",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_REPORT=/x"},
     SETTING_PROTECT,
     "x",
     ""},
    {"a directory that another noclobber names",
     {"NOCLOBBER_PROTECT=here", "NOCLOBBER_REPORT=/x"},
     SETTING_PROTECT,
     "x",
     ""},
    {"enforce, from outside", {"NOCLOBBER_MODE=enforce"}, SETTING_PROTECT, "x", ""},
};

START_TEST(a_mode_from_outside_is_told)
{
    put_directory("here");
    if (!warnings[_i].value)
        give(SETTING_PROTECT_ALL, NULL);
    give(warnings[_i].option, warnings[_i].value);
    ck_assert_msg(build(warnings[_i].environment) == 0, "%s", said);
    ck_assert_str_eq(said, warnings[_i].says);
    settings_free(&settings);
}
END_TEST

START_TEST(a_question_about_a_mode_is_not_warned)
{
    give(SETTING_PROTECT_ALL, NULL);
    options.action = OPTIONS_EXPLAIN;
    ck_assert_int_eq(build((const char *[]){"NOCLOBBER_MODE=off", NULL}), 0);
    ck_assert_str_eq(said, "");
    settings_free(&settings);
}
END_TEST

/* ---- directories ---- */

START_TEST(a_policy_file_speaks_of_its_own_directory)
{
    options.policy_file = "link/policy";
    put_directory("real");
    put_link("link", "real");
    put_file("real/policy", "protect dist/\n");
    ck_assert_int_eq(build(NULL), 0);
    ck_assert_str_eq(variables(), "NOCLOBBER_PROTECT=@/real/dist/\n");
    settings_free(&settings);
}
END_TEST

START_TEST(a_pipe_speaks_of_the_current_directory)
{
    char path[32];
    int pipes[2];

    ck_assert_int_eq(pipe(pipes), 0);
    ck_assert_int_eq(write(pipes[1], "protect dist/\n", 14), 14);
    close(pipes[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", pipes[0]);
    options.policy_file = path;
    ck_assert_msg(build(NULL) == 0, "%s", said);
    ck_assert_str_eq(variables(), "NOCLOBBER_PROTECT=@/dist/\n");
    close(pipes[0]);
    settings_free(&settings);
}
END_TEST

START_TEST(a_directory_that_is_gone_is_told)
{
    give(SETTING_PROTECT_ALL, NULL);
    put_directory("gone");
    ck_assert(chdir("gone") == 0 && rmdir("../gone") == 0);
    ck_assert_int_eq(build(NULL), -ENOENT);
    ck_assert_ptr_nonnull(strstr(said, "the current directory has no path"));
    settings_free(&settings);
}
END_TEST

START_TEST(a_log_that_no_path_can_name_is_told)
{
    char name[PATH_MAX];

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    give(SETTING_LOG, name);
    ck_assert_int_eq(build(NULL), -EINVAL);
    ck_assert_ptr_nonnull(strstr(said, "must be a path of at most 4095 bytes"));
    settings_free(&settings);
}
END_TEST

/* A condition that the library knows is offered, and named wherever the others are. */
START_TEST(each_condition_is_offered)
{
    const struct setting *const setting = setting_named("allow-if");

    for (unsigned i = 0; i < POLICY_CONDITIONS; i++) {
        const char *const name = policy_condition_name(i);

        ck_assert_str_eq(setting->words[i], name);
        ck_assert_ptr_nonnull(strstr(setting->needs, name));
        ck_assert_ptr_nonnull(strstr(setting->help, name));
    }
    ck_assert_ptr_null(setting->words[POLICY_CONDITIONS]);
}
END_TEST

START_TEST(more_patterns_than_an_environment_holds_are_told)
{
    static char long_one[3000];

    memset(long_one, 'x', sizeof long_one - 1);
    for (size_t i = 0; i < 64; i++)
        give(SETTING_PROTECT, long_one);
    ck_assert_int_eq(build(NULL), -E2BIG);
    ck_assert_str_eq(said, "noclobber: NOCLOBBER_PROTECT: all patterns together must fit in 128 "
                           "KiB\n");
    settings_free(&settings);
    /* Each variable fits, both together do not. */
    for (size_t i = 0; i < 64; i += 2)
        given[i].setting = &settings_table[SETTING_ALLOW];
    ck_assert_int_eq(build(NULL), -E2BIG);
    settings_free(&settings);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, settings_come_together, 0, ROWS(rows));
    tcase_add_test(tcase, inside_eight_others_is_too_deep);
    tcase_add_test(tcase, the_policy_is_parsed_as_the_library_will);
    tcase_add_loop_test(tcase, what_is_wrong_is_called_by_its_name, 0, ROWS(refusals));
    tcase_add_loop_test(tcase, a_mode_from_outside_is_told, 0, ROWS(warnings));
    tcase_add_test(tcase, a_question_about_a_mode_is_not_warned);
    tcase_add_test(tcase, a_policy_file_speaks_of_its_own_directory);
    tcase_add_test(tcase, a_pipe_speaks_of_the_current_directory);
    tcase_add_test(tcase, a_directory_that_is_gone_is_told);
    tcase_add_test(tcase, a_log_that_no_path_can_name_is_told);
    tcase_add_test(tcase, each_condition_is_offered);
    tcase_add_test(tcase, more_patterns_than_an_environment_holds_are_told);
}

int main(void)
{
    return run_tests("settings", add);
}

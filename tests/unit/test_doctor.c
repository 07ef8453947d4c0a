/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/questions.h"
#include "unit/capture.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static void expect(const char *answer, const char *part)
{
    ck_assert_msg(strstr(answer, part) != NULL, "no '%s' in:\n%s", part, answer);
}

/* Each line is a level, blanks, a subject, a colon and a text. */
static void check_lines(const char *answer)
{
    static const char *const levels[] = {"ok       ", "warning  ", "problem  "};
    const char *end;

    for (; *answer != '\0'; answer = end + 1) {
        int known = 0;

        end = strchr(answer, '\n');
        ck_assert_ptr_nonnull(end);
        for (int i = 0; i < 3; i++)
            known |= strncmp(answer, levels[i], 9) == 0;
        ck_assert_msg(known, "%.*s", (int)(end - answer), answer);
        ck_assert_ptr_nonnull(memchr(answer, ':', (size_t)(end - answer)));
    }
}

/* The answer about `directory`, with its exit status. */
static int status;

static const char *ask(const char *directory)
{
    const char *answer;

    capture_begin(STDOUT_FILENO);
    status = doctor(directory);
    answer = capture_end(STDOUT_FILENO);
    check_lines(answer);
    ck_assert_int_eq(status, strstr(answer, "\nproblem ") || strncmp(answer, "problem", 7) == 0);
    return answer;
}

START_TEST(every_line_has_a_level_and_a_subject)
{
    const char *const answer = ask(NULL);

    expect(answer, "library: ");
    expect(answer, "exclusive rename (kernel): ");
    expect(answer, "--trace: ");
    expect(answer, "filesystem: '.' ");
    expect(answer, "LD_PRELOAD");
}
END_TEST

START_TEST(the_filesystem_is_tried_and_left_as_it_was)
{
    const int before = count_descriptors();

    put_directory("dir");
    expect(ask("dir"), "filesystem: 'dir' ");
    ck_assert_int_eq(count_names("dir"), 0);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(a_directory_that_takes_no_files_is_said)
{
    static char name[4090];

    expect(ask("absent"), "warning  filesystem: 'absent' could not be tested: No such file");
    memset(name, 'x', sizeof name - 1);
    expect(ask(name), "could not be tested: File name too long");
}
END_TEST

START_TEST(a_library_that_is_not_there_is_a_problem)
{
    setenv("NOCLOBBER_LIBRARY", "/absent.so", 1);
    expect(ask("."), "problem  library: libnoclobber.so was not found");
    setenv("NOCLOBBER_LIBRARY", "/bin/true", 1);
    expect(ask("."), "problem  dynamic programs: '");
}
END_TEST

/* ---- variables ---- */

static const struct {
    const char *name;
    const char *value;
    const char *expected;
} policies[] = {
    {"HOME", "/", "ok       variables: none is set"},
    {"NOCLOBBER_LIBRARY", "/x", "ok       variables: are valid"},
    {"NOCLOBBER_PROTECT", "a", "ok       variables: are valid"},
    {"NOCLOBBER_PROTECT", "./a", "warning  variables: libnoclobber: NOCLOBBER_PROTECT './a'"},
    {"NOCLOBBER_PROTEKT", "a", "warning  variables: libnoclobber: NOCLOBBER_PROTEKT"},
    {"NOCLOBBER_MODE", "audit", "problem  variables: NOCLOBBER_MODE is audit"},
    {"NOCLOBBER_MODE", "off", "problem  variables: NOCLOBBER_MODE is off"},
};

START_TEST(the_variables_are_read_as_the_library_reads_them)
{
    setenv(policies[_i].name, policies[_i].value, 1);
    expect(ask("."), policies[_i].expected);
}
END_TEST

/* ---- what else is preloaded ---- */

static const struct {
    const char *value;
    const char *expected;
} preloads[] = {
    {"", "ok       LD_PRELOAD: nothing else is preloaded"},
    {"libone.so libtwo.so:libthree.so", "ok       LD_PRELOAD: 'libthree.so' is preloaded as well"},
    {"/absent/lib\nx.so", "warning  LD_PRELOAD: '/absent/lib' can't be read"},
};

START_TEST(other_preloads_are_named)
{
    setenv("LD_PRELOAD", preloads[_i].value, 1);
    expect(ask("."), preloads[_i].expected);
    unsetenv("LD_PRELOAD");
    expect(ask("."), preloads[0].expected);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_line_has_a_level_and_a_subject);
    tcase_add_test(tcase, the_filesystem_is_tried_and_left_as_it_was);
    tcase_add_test(tcase, a_directory_that_takes_no_files_is_said);
    tcase_add_test(tcase, a_library_that_is_not_there_is_a_problem);
    tcase_add_loop_test(tcase, the_variables_are_read_as_the_library_reads_them, 0, ROWS(policies));
    tcase_add_loop_test(tcase, other_preloads_are_named, 0, ROWS(preloads));
}

int main(void)
{
    return run_tests("doctor", add);
}

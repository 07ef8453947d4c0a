/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/doctor/checks.h"
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

START_TEST(every_line_has_a_level_and_a_subject)
{
    const char *answer;
    int status;

    capture_begin(STDOUT_FILENO);
    status = doctor(NULL);
    answer = capture_end(STDOUT_FILENO);
    check_lines(answer);
    expect(answer, "library: ");
    expect(answer, "kernel: ");
    expect(answer, "filesystem: '.' (");
    expect(answer, "LD_PRELOAD");
    expect(answer, "static programs: ");
    ck_assert_int_eq(status, strstr(answer, "\nproblem ") || strncmp(answer, "problem", 7) == 0);
}
END_TEST

/* ---- the filesystem ---- */

START_TEST(the_filesystem_is_tried_and_left_as_it_was)
{
    struct findings findings = {0};
    const int before = count_descriptors();

    put_directory("dir");
    capture_begin(STDOUT_FILENO);
    check_filesystem(&findings, "dir");
    expect(capture_end(STDOUT_FILENO), "filesystem: 'dir' (");
    ck_assert_int_eq(count_names("dir"), 0);
    ck_assert_int_eq(count_descriptors(), before);
    ck_assert_int_eq(findings.problems, 0);
}
END_TEST

START_TEST(a_directory_that_takes_no_files_is_said)
{
    struct findings findings = {0};

    capture_begin(STDOUT_FILENO);
    check_filesystem(&findings, "absent");
    expect(capture_end(STDOUT_FILENO),
           "warning  filesystem: 'absent' (a filesystem that can't be asked) could "
           "not be tried: No such file");
    ck_assert_int_eq(findings.problems, 0);
}
END_TEST

/* ---- variables ---- */

static const struct {
    const char *variables[3];
    const char *expected;
    int problems;
} policies[] = {
    {{NULL}, "ok       variables: none is set", 0},
    {{"HOME=/", "PATH=/bin"}, "ok       variables: none is set", 0},
    {{"NOCLOBBER_LIBRARY=/x", "NOCLOBBER_REPORT=/y"}, "ok       variables: none is set", 0},
    {{"NOCLOBBER_PROTECT=a", "NOCLOBBER_ALLOW=b"}, "ok       variables: 2 set, and understood", 0},
    {{"NOCLOBBER_PROTECT=./a"}, "warning  variables: libnoclobber: NOCLOBBER_PROTECT './a'", 0},
    {{"NOCLOBBER_PROTEKT=a"}, "warning  variables: libnoclobber: NOCLOBBER_PROTEKT", 0},
    {{"NOCLOBBER_MODE=audit"}, "warning  variables: NOCLOBBER_MODE is audit", 0},
    {{"NOCLOBBER_MODE=off"}, "problem  variables: NOCLOBBER_MODE is off", 1},
};

START_TEST(the_variables_are_read_as_the_library_reads_them)
{
    struct findings findings = {0};
    char lines[2][64];
    char *environment[3] = {NULL, NULL, NULL};
    const char *answer;

    for (int i = 0; i < 2 && policies[_i].variables[i]; i++) {
        snprintf(lines[i], sizeof lines[i], "%s", policies[_i].variables[i]);
        environment[i] = lines[i];
    }
    capture_begin(STDOUT_FILENO);
    check_variables(&findings, environment);
    answer = capture_end(STDOUT_FILENO);
    check_lines(answer);
    ck_assert_msg(strncmp(answer, policies[_i].expected, strlen(policies[_i].expected)) == 0, "%s",
                  answer);
    ck_assert_int_eq(findings.problems, policies[_i].problems);
}
END_TEST

/* ---- what else is preloaded ---- */

static const struct {
    const char *value;
    const char *expected;
} preloads[] = {
    {NULL, "ok       LD_PRELOAD: nothing else is preloaded"},
    {"", "ok       LD_PRELOAD: nothing else is preloaded"},
    {"libfakeroot-sysv.so", "ok       LD_PRELOAD, entry 1: 'libfakeroot-sysv.so' works"},
    {"libjemalloc.so.2 libasan.so.8",
     "warning  LD_PRELOAD, entry 2: 'libasan.so.8' wants to be first"},
    {"libnoclobber.so::libfakechroot.so",
     "warning  LD_PRELOAD, entry 2: 'libfakechroot.so' translates"},
    {"/absent/lib\nx.so", "warning  LD_PRELOAD, entry 1: '/absent/lib' can't be read"},
    {"libother.so", "warning  LD_PRELOAD, entry 1: 'libother.so' is not known here"},
};

START_TEST(other_preloads_are_named_in_their_order)
{
    struct findings findings = {0};
    const char *answer;

    if (preloads[_i].value)
        ck_assert_int_eq(setenv("LD_PRELOAD", preloads[_i].value, 1), 0);
    else
        ck_assert_int_eq(unsetenv("LD_PRELOAD"), 0);
    capture_begin(STDOUT_FILENO);
    check_preloads(&findings);
    answer = capture_end(STDOUT_FILENO);
    check_lines(answer);
    expect(answer, preloads[_i].expected);
    ck_assert_int_eq(findings.problems, 0);
}
END_TEST

/* ---- programs ---- */

static void copy_program(const char *name, mode_t mode)
{
    char bytes[4096];
    const int from = open("/proc/self/exe", O_RDONLY);
    const int to = open(name, O_WRONLY | O_CREAT, 0755);
    ssize_t length;

    ck_assert(from >= 0 && to >= 0);
    while ((length = read(from, bytes, sizeof bytes)) > 0)
        ck_assert_int_eq(write(to, bytes, (size_t)length), length);
    ck_assert_int_eq(fchmod(to, mode), 0);
    close(from);
    close(to);
}

static const char *survey(const char *path)
{
    struct findings findings = {0};
    const char *answer;

    capture_begin(STDOUT_FILENO);
    check_programs(&findings, path);
    answer = capture_end(STDOUT_FILENO);
    check_lines(answer);
    ck_assert_int_eq(findings.problems, 0);
    return answer;
}

START_TEST(ordinary_programs_and_other_files_are_reached)
{
    const char *answer;

    put_directory("bin");
    copy_program("bin/ordinary", 0755);
    put_file("bin/script", "#!/bin/sh\n");
    put_file("bin/note", "\177ELF");
    put_link("bin/dangling", "nowhere");
    ck_assert_int_eq(chmod("bin/script", 0755) + chmod("bin/note", 0755), 0);
    answer = survey("bin:absent:bin");
    expect(answer, "ok       static programs: none");
    expect(answer, "ok       Go programs: none");
    expect(answer, "ok       set-user-ID programs: none");
}
END_TEST

START_TEST(set_user_id_programs_are_named_once)
{
    put_directory("bin");
    put_link("also", "bin");
    copy_program("bin/raised", 04755);
    expect(survey("bin:also:bin"),
           "warning  set-user-ID programs: 'raised' (1 on PATH): the library is inert there");
}
END_TEST

START_TEST(of_many_programs_ten_are_named)
{
    char name[32];
    const char *answer;
    int blanks = 0;

    for (int i = 0; i < 25; i++) {
        snprintf(name, sizeof name, "p%02d", i);
        put_file(name, "x");
        ck_assert_int_eq(chmod(name, 02755), 0);
    }
    answer = strstr(survey(":absent"), "set-user-ID programs: '");
    ck_assert_ptr_nonnull(answer);
    expect(answer, "' and more (25 on PATH)");
    for (answer = strchr(answer, '\'') + 1; *answer != '\''; answer++)
        blanks += *answer == ' ';
    ck_assert_int_eq(blanks, 9);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_line_has_a_level_and_a_subject);
    tcase_add_test(tcase, the_filesystem_is_tried_and_left_as_it_was);
    tcase_add_test(tcase, a_directory_that_takes_no_files_is_said);
    tcase_add_loop_test(tcase, the_variables_are_read_as_the_library_reads_them, 0, ROWS(policies));
    tcase_add_loop_test(tcase, other_preloads_are_named_in_their_order, 0, ROWS(preloads));
    tcase_add_test(tcase, ordinary_programs_and_other_files_are_reached);
    tcase_add_test(tcase, set_user_id_programs_are_named_once);
    tcase_add_test(tcase, of_many_programs_ten_are_named);
}

int main(void)
{
    return run_tests("doctor", add);
}

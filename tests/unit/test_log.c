/* SPDX-License-Identifier: MIT */
#include "engine/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static struct scratch scratch;

static const struct sys_time now = {1795390000, 7};

/* Writes one event to `log`, with a clock that stands still. */
static void write_to(const char *log)
{
    const struct policy policy = {.log = log};
    struct event event = {
        .verdict = EVENT_REFUSED, .call = "rename", .source = "/a\n", .destination = "/b"};

    fake.clock = &now;
    log_event(&fake_sys, &policy, &event, &scratch);
}

/* The line that write_to writes in this process. */
static const char *expected_line(void)
{
    static char line[8192];
    char program[4096] = "";

    ck_assert_int_gt(readlink("/proc/self/exe", program, sizeof program - 1), 0);
    snprintf(line, sizeof line,
             "{\"time\":1795390000.000000007,\"verdict\":\"refused\",\"rule\":\"default\","
             "\"call\":\"rename\",\"source\":\"/a\\u000a\",\"destination\":\"/b\",\"pid\":%d,"
             "\"program\":\"%s\"}\n",
             (int)getpid(), program);
    return line;
}

START_TEST(an_event_is_appended_by_one_write)
{
    char log[4096];
    char twice[16384];

    fake_reset();
    write_to(sandbox_name("log", log, sizeof log));
    ck_assert(file_holds("log", expected_line()));
    ck_assert_int_eq(fake_count(SYS_write), 1);
    write_to(log);
    snprintf(twice, sizeof twice, "%s%s", expected_line(), expected_line());
    ck_assert(file_holds("log", twice));
    ck_assert_int_eq(fake_count(SYS_write), 2);
    ck_assert_int_eq(fake_count(SYS_close), 2);
}
END_TEST

START_TEST(an_event_may_go_to_stderr)
{
    fake_reset();
    write_to("-");
    ck_assert_str_eq(fake.err, expected_line());
    ck_assert_int_eq(fake_count(SYS_openat), 0);
}
END_TEST

START_TEST(without_a_log_there_is_no_call)
{
    fake_reset();
    write_to(NULL);
    ck_assert_int_eq(fake.count, 0);
}
END_TEST

START_TEST(a_log_is_no_path_of_the_program)
{
    char log[4096];

    fake_reset();
    write_to(sandbox_name("log", log, sizeof log));
    for (int i = 0; i < fake.count; i++)
        ck_assert_msg(!fake.is_path[i], "call %d of %s", i, fake_story());
}
END_TEST

START_TEST(a_new_log_has_the_mode_that_the_umask_leaves)
{
    char log[4096];
    struct stat facts;

    umask(027);
    fake_reset();
    write_to(sandbox_name("log", log, sizeof log));
    ck_assert_int_eq(stat("log", &facts), 0);
    ck_assert_uint_eq(facts.st_mode & 07777, 0640);
}
END_TEST

/* ---- logs that cannot be written ---- */

static const char *const bad_logs[] = {"@/none/log", "@/directory", "@/fifo",
                                       "@/file/log", "@/loop",      "/dev/full"};

START_TEST(a_log_that_cannot_be_written_is_no_harm)
{
    const int descriptors = count_descriptors();
    const char *const name = bad_logs[_i];
    char log[4096];

    put_directory("directory");
    put_file("file", "old");
    put_link("loop", "loop");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    fake_reset();
    write_to(name[0] == '@' ? sandbox_name(name + 2, log, sizeof log) : name);
    ck_assert(file_holds("file", "old"));
    ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

/* Without a name of the program, or without the time, an event still tells the rest. */
START_TEST(any_failing_call_leaves_a_whole_line_or_none)
{
    char log[4096];
    char line[8192];
    int n = 0;

    sandbox_name("log", log, sizeof log);
    do {
        const int descriptors = count_descriptors();
        FILE *in;

        sweep();
        fake_reset();
        fake.fail_at = n++;
        fake.fail_with = -EIO;
        write_to(log);
        ck_assert_int_eq(count_descriptors(), descriptors);
        in = fopen("log", "r");
        if (in && fgets(line, sizeof line, in))
            ck_assert_msg(line[0] == '{' && strcmp(line + strlen(line) - 3, "\"}\n") == 0,
                          "call %d: %s", n - 1, line);
        if (in)
            fclose(in);
    } while (fake.has_failed);
    ck_assert_int_gt(n, 5);
}
END_TEST

/* ---- the report of noclobber(1) ---- */

static void report_to(const char *report, enum event_verdict verdict)
{
    const struct policy policy = {.report = report};
    struct event event = {
        .verdict = verdict, .call = "rename", .source = "/a\n", .destination = "/b"};

    fake.clock = &now;
    log_event(&fake_sys, &policy, &event, &scratch);
}

static const struct {
    const char *name;
    int call; /* that fails; 0: none */
    int error;
    enum event_verdict verdict;
    const char *whole; /* what is then in the file beside the report */
} reports[] = {
    {"written", 0, 0, EVENT_REFUSED, "\n"},
    {"no descriptor left", SYS_openat, -EMFILE, EVENT_REFUSED, ""},
    {"a full disk", SYS_write, -ENOSPC, EVENT_REFUSED, ""},
    {"nothing refused", SYS_write, -ENOSPC, EVENT_ALLOWED, "\n"},
    {"nothing refused either", SYS_openat, -EMFILE, EVENT_AUDITED, "\n"},
};

START_TEST(a_refusal_that_cannot_be_reported_is_told_without_a_descriptor)
{
    char report[4096];

    put_file("report", "");
    put_file("report" POLICY_REPORT_WHOLE, "\n");
    fake_reset();
    fake.intercept = reports[_i].call;
    fake.intercept_with = reports[_i].error;
    report_to(sandbox_name("report", report, sizeof report), reports[_i].verdict);
    ck_assert_msg(file_holds("report" POLICY_REPORT_WHOLE, reports[_i].whole), "%s: %s",
                  reports[_i].name, fake_story());
}
END_TEST

START_TEST(a_report_that_is_gone_is_not_made_again)
{
    char report[4096];

    fake_reset();
    report_to(sandbox_name("report", report, sizeof report), EVENT_REFUSED);
    ck_assert_int_eq(count_names("."), 0);
}
END_TEST

/* ---- the end of the process ---- */

START_TEST(the_end_is_told_in_one_escaped_line)
{
    fake_reset();
    log_exit(&fake_sys, "/a\nb", &scratch);
    ck_assert_str_eq(fake.err, "libnoclobber: refused to replace '/a\\u000ab'; ending the process "
                               "with status 17 (NOCLOBBER_ON_REFUSAL=exit)\n");
    ck_assert(fake.has_exited);
    ck_assert_int_eq(fake.exit_status, 17);
}
END_TEST

START_TEST(the_process_ends_though_stderr_is_gone)
{
    fake_reset();
    fake.intercept = SYS_write;
    fake.intercept_with = -EBADF;
    log_exit(&fake_sys, "/a", &scratch);
    ck_assert(fake.has_exited);
}
END_TEST

START_TEST(the_longest_name_is_told_whole)
{
    static char path[PATH_RESOLVED_MAX];

    memset(path, '\001', sizeof path - 1);
    fake_reset();
    log_exit(&fake_sys, path, &scratch);
    ck_assert_uint_gt(fake.err_length, 6 * (sizeof path - 1));
    ck_assert_ptr_nonnull(strstr(fake.err, "=exit)\n"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, an_event_is_appended_by_one_write);
    tcase_add_test(tcase, an_event_may_go_to_stderr);
    tcase_add_test(tcase, without_a_log_there_is_no_call);
    tcase_add_test(tcase, a_log_is_no_path_of_the_program);
    tcase_add_test(tcase, a_new_log_has_the_mode_that_the_umask_leaves);
    tcase_add_loop_test(tcase, a_log_that_cannot_be_written_is_no_harm, 0, ROWS(bad_logs));
    tcase_add_test(tcase, any_failing_call_leaves_a_whole_line_or_none);
    tcase_add_loop_test(tcase, a_refusal_that_cannot_be_reported_is_told_without_a_descriptor, 0,
                        ROWS(reports));
    tcase_add_test(tcase, a_report_that_is_gone_is_not_made_again);
    tcase_add_test(tcase, the_end_is_told_in_one_escaped_line);
    tcase_add_test(tcase, the_process_ends_though_stderr_is_gone);
    tcase_add_test(tcase, the_longest_name_is_told_whole);
}

int main(void)
{
    return run_tests("log", add);
}

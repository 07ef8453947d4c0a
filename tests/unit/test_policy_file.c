/* SPDX-License-Identifier: MIT */
#include "launcher/settings/policy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit/capture.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* Writes each line as "where|name|value;". */
static int note(const struct policy_line *line, void *context)
{
    char *const out = context;
    const size_t length = strlen(out);

    snprintf(out + length, 8192 - length, "%s|%s|%s;", line->where, line->name,
             line->value ? line->value : "-");
    return strcmp(line->name, "stop") == 0 ? 42 : 0;
}

static const struct {
    const char *name;
    const char *content;
    const char *lines;
} rows[] = {
    {"nothing", "", ""},
    {"a value", "protect dist/\n", "f:1|protect|dist/;"},
    {"no newline at the end", "protect dist/", "f:1|protect|dist/;"},
    {"no value", "audit\n", "f:1|audit|-;"},
    {"comments and empty lines", "# a\n\n \t\n  # b\naudit\n", "f:5|audit|-;"},
    {"blanks around", " \tprotect  \t dist/ \t\n", "f:1|protect|dist/;"},
    {"blanks within", "protect a  b\n", "f:1|protect|a  b;"},
    {"an equals sign", "protect=dist/\n", "f:1|protect|dist/;"},
    {"blanks around it", "protect = dist/\n", "f:1|protect|dist/;"},
    {"a value that begins with one", "protect = =x\n", "f:1|protect|=x;"},
    {"a value that has one", "protect a=b\n", "f:1|protect|a=b;"},
    {"an empty value", "protect=\n", "f:1|protect|;"},
    {"a value of blanks", "protect = \n", "f:1|protect|;"},
    {"CR LF", "audit\r\nprotect x\r\n\r\n", "f:1|audit|-;f:2|protect|x;"},
    {"an escaped blank at the end", "protect x\\ \n", "f:1|protect|x\\ ;"},
    {"an escaped backslash at the end", "protect x\\\\ \n", "f:1|protect|x\\\\;"},
    {"a backslash at the end of a CR LF line", "protect x\\\r\n", "f:1|protect|x\\;"},
    {"a number sign in front of a name", "protect=#a#\n", "f:1|protect|#a#;"},
    {"a number sign in a name", "protect a#b\n", "f:1|protect|a#b;"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "audit\n",
     "f:1|audit|-;"},
    {"bytes that are no text", "protect \xff\n", "f:1|protect|\xff;"},
};

START_TEST(lines_are_taken_apart)
{
    char lines[8192] = "";

    put_file("f", rows[_i].content);
    ck_assert_int_eq(policy_file_read("f", note, lines), 0);
    ck_assert_msg(strcmp(lines, rows[_i].lines) == 0, "%s: %s", rows[_i].name, lines);
}
END_TEST

START_TEST(reading_ends_where_the_taker_says)
{
    char lines[8192] = "";

    put_file("f", "audit\nstop\naudit\n");
    ck_assert_int_eq(policy_file_read("f", note, lines), 42);
    ck_assert_str_eq(lines, "f:1|audit|-;f:2|stop|-;");
}
END_TEST

START_TEST(a_long_line_is_a_line)
{
    static char content[1024 * 1024 + 1];
    static char lines[8192];

    memset(content, 'x', sizeof content - 1);
    memcpy(content, "protect ", strlen("protect "));
    put_file("f", content);
    ck_assert_int_eq(policy_file_read("f", note, lines), 0);
    ck_assert_ptr_nonnull(strstr(lines, "f:1|protect|xxx"));
}
END_TEST

static const struct {
    const char *name;
    const char *file;
    int result;
    const char *says;
} refusals[] = {
    {"not there", "none", -ENOENT, "noclobber: --policy 'none': No such file or directory\n"},
    {"a directory", "directory", -EISDIR, "noclobber: --policy 'directory': Is a directory\n"},
    {"a NUL", "binary", -EINVAL,
     "noclobber: binary:2: contains a NUL byte; a policy file is text with one setting per line\n"},
    {"a comment behind a value", "comment", -EINVAL,
     "noclobber: comment:2 'protect dist/ # ours': "
     "put the comment on its own line; write a literal '#' as '\\#'\n"},
    {"a comment in place of a value", "no-value", -EINVAL,
     "noclobber: no-value:1 'protect # dist/': "
     "put the comment on its own line; write a literal '#' as '\\#'\n"},
    {"too long", "long", -EFBIG,
     "noclobber: --policy 'long': is longer than 1 MiB; a policy is a few lines\n"},
};

START_TEST(what_is_no_policy_file_is_told)
{
    char lines[8192] = "";
    const char *said;
    int result;
    int fd;

    put_directory("directory");
    put_file("comment", "audit\nprotect dist/ # ours\n");
    put_file("no-value", "protect # dist/\n");
    put_file("binary", "audit\n");
    fd = open("binary", O_WRONLY | O_APPEND);
    ck_assert_int_eq(write(fd, "x\0y", 3), 3);
    close(fd);
    put_file("long", "");
    ck_assert_int_eq(truncate("long", 1024 * 1024 + 1), 0);
    capture_begin(STDERR_FILENO);
    result = policy_file_read(refusals[_i].file, note, lines);
    said = capture_end(STDERR_FILENO);
    ck_assert_msg(result == refusals[_i].result, "%s: %d", refusals[_i].name, result);
    ck_assert_msg(strcmp(said, refusals[_i].says) == 0, "%s: %s", refusals[_i].name, said);
}
END_TEST

START_TEST(no_descriptor_is_left_open)
{
    char lines[8192] = "";
    const int before = count_descriptors();

    put_file("f", "audit\n");
    capture_begin(STDERR_FILENO);
    policy_file_read("f", note, lines);
    policy_file_read(".", note, lines);
    capture_end(STDERR_FILENO);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, lines_are_taken_apart, 0, ROWS(rows));
    tcase_add_test(tcase, reading_ends_where_the_taker_says);
    tcase_add_test(tcase, a_long_line_is_a_line);
    tcase_add_loop_test(tcase, what_is_no_policy_file_is_told, 0, ROWS(refusals));
    tcase_add_test(tcase, no_descriptor_is_left_open);
}

int main(void)
{
    return run_tests("policy_file", add);
}

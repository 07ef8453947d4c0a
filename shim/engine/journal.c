/* SPDX-License-Identifier: MIT */
#include "engine/journal.h"

#include <errno.h>

#include "engine/output.h"

static void complete(const struct sys *sys, struct event *event, char *program)
{
    struct sys_time time = {0, 0};
    const long length = sys_readlink_own(sys, "/proc/self/exe", program, PATH_RESOLVED_MAX - 1);

    program[length < 0 ? 0 : length] = '\0';
    sys_clock_gettime(sys, CLOCK_REALTIME, &time);
    event->seconds = time.seconds;
    event->nanoseconds = (long)time.nanoseconds;
    event->pid = sys_getpid(sys);
    event->program = program;
}

/*
 * O_NONBLOCK: a FIFO that nobody reads must not hang the host. O_CREAT only where there is no log:
 * in a sticky directory it is forbidden for another user's file, which one may write otherwise
 * (fs.protected_regular, Linux 4.19).
 */
static int open_log(const struct sys *sys, const char *log, int create)
{
    const int flags = O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK;
    const int fd = sys_open_own(sys, log, flags, 0);

    return fd == -ENOENT ? sys_open_own(sys, log, flags | create, 0666) : fd;
}

/* Returns 0, or -errno. */
static int append(const struct sys *sys, const char *log, int create, const char *line,
                  size_t length)
{
    const int fd = open_log(sys, log, create);
    int result;

    if (fd < 0)
        return fd;
    result = output_write(sys, fd, line, length);
    sys_close(sys, fd);
    return result;
}

/* A full disk, or no descriptor left: noclobber(1) must not call that run a success. */
static void tell_lost(const struct sys *sys, const char *report, struct scratch *scratch)
{
    struct text text;

    text_begin(&text, scratch->path, sizeof scratch->path - 1);
    text_puts(&text, report);
    text_puts(&text, POLICY_REPORT_WHOLE);
    scratch->path[text.length] = '\0';
    if (!text.overflow)
        sys_empty_own(sys, scratch->path);
}

void journal_write(const struct sys *sys, const struct policy *policy, struct event *event,
                   struct scratch *scratch)
{
    char *const line = scratch->large.line;
    size_t length;

    if (!policy_is_recorded(policy))
        return;
    complete(sys, event, scratch->path);
    length = event_encode(event, line, sizeof scratch->large.line);
    if (policy->log && policy->log[0] == '-')
        output_stderr(sys, line, length);
    else if (policy->log)
        append(sys, policy->log, O_CREAT, line, length);
    /* noclobber(1) has made its file; when that is gone, nobody reads it any more. */
    if (policy->report && append(sys, policy->report, 0, line, length) < 0 &&
        event->verdict == EVENT_REFUSED)
        tell_lost(sys, policy->report, scratch);
}

void journal_exit(const struct sys *sys, const char *destination, struct scratch *scratch)
{
    struct text text;

    text_begin(&text, scratch->large.line, sizeof scratch->large.line);
    text_puts(&text, "libnoclobber: refused to replace '");
    text_put_json(&text, destination);
    text_puts(&text, "'; ending the process with status ");
    text_put_number(&text, POLICY_EXIT_STATUS, 0);
    text_puts(&text, " (NOCLOBBER_ON_REFUSAL=exit)\n");
    output_stderr(sys, text.start, text.length);
    sys_exit_group(sys, POLICY_EXIT_STATUS);
}

/* SPDX-License-Identifier: MIT */
#include "engine/log.h"

#include <errno.h>
#include <signal.h>

/* The kernel's sigset_t: a bit for each signal, from 1 on. */
#define BIT(signal) (1ULL << ((signal)-1))

#define STDERR 2

/* Which file standard error was in the constructor; afterwards only read. */
static struct {
    int is_known;
    int is_open;
    unsigned long long inode;
    unsigned device_major;
    unsigned device_minor;
} remembered;

long log_write(const struct sys *sys, int fd, const char *bytes, size_t size)
{
    const unsigned long long fatal = BIT(SIGPIPE) | BIT(SIGXFSZ);
    unsigned long long mask = 0;
    unsigned long long pending = 0;
    unsigned long long raised;
    long result;

    result = sys_sigprocmask(sys, SIG_BLOCK, &fatal, &mask);
    if (result < 0)
        return result;
    sys_sigpending(sys, &pending);
    result = sys_write(sys, fd, bytes, size);
    raised = fatal & ~pending;
    if (result == -EPIPE || result == -EFBIG)
        sys_sigtake(sys, &raised);
    sys_sigprocmask(sys, SIG_SETMASK, &mask, NULL);
    return result;
}

void log_remember_stderr(const struct sys *sys)
{
    struct statx facts;
    const int result = sys_statx_fd(sys, STDERR, &facts);

    remembered.is_known = result == 0 || result == -EBADF;
    remembered.is_open = result == 0;
    if (result < 0)
        return;
    remembered.inode = facts.stx_ino;
    remembered.device_major = facts.stx_dev_major;
    remembered.device_minor = facts.stx_dev_minor;
}

static int is_as_remembered(const struct statx *facts)
{
    return remembered.is_open && facts->stx_ino == remembered.inode &&
           facts->stx_dev_major == remembered.device_major &&
           facts->stx_dev_minor == remembered.device_minor;
}

void log_stderr(const struct sys *sys, const char *bytes, size_t size)
{
    struct statx facts;
    const int result = sys_statx_fd(sys, STDERR, &facts);

    /* If statx never worked, descriptor 2 counts as standard error. */
    if (result == -EBADF || (result < 0 && remembered.is_known))
        return;
    if (remembered.is_known && (facts.stx_mode & S_IFMT) == S_IFREG && !is_as_remembered(&facts))
        return;
    log_write(sys, STDERR, bytes, size);
}

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
 * O_NONBLOCK: a FIFO without a reader must not hang the host. O_CREAT only if there is no log yet:
 * in a sticky directory it fails for another user's file, even if that is writable
 * (fs.protected_regular, Linux 4.19).
 */
static int open_log(const struct sys *sys, const char *log, int create)
{
    const int flags = O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK;
    const int fd = sys_open_own(sys, log, flags, 0);

    return fd == -ENOENT ? sys_open_own(sys, log, flags | create, 0666) : fd;
}

/* Removes the part of an event that a full disk took, unless another process has written since. */
static void take_back(const struct sys *sys, int fd, long written)
{
    struct statx facts;
    const long end = sys_tell(sys, fd);

    if (end >= written && sys_statx_fd(sys, fd, &facts) == 0 && facts.stx_size == (__u64)end)
        sys_cut(sys, fd, end - written);
}

/* Returns 0, or -errno. */
static int append(const struct sys *sys, const char *log, int create, const char *line,
                  size_t length)
{
    const int fd = open_log(sys, log, create);
    long result;

    if (fd < 0)
        return fd;
    result = log_write(sys, fd, line, length);
    if (result >= 0 && (size_t)result < length) {
        take_back(sys, fd, result);
        result = -EIO;
    }
    sys_close(sys, fd);
    return result < 0 ? (int)result : 0;
}

/* A full disk, or no descriptor left: noclobber(1) must not call the run a success. */
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

/* Does not create the report: noclobber(1) has created it, and if it is gone, nobody reads it any
 * more. A policy that is off belongs to an outer traced run, whose tracer itself sees what was let
 * through. */
static void deliver(const struct sys *sys, const struct policy *policy, enum event_verdict verdict,
                    size_t length, struct scratch *scratch)
{
    const char *const line = scratch->large.line;

    if (policy->log && policy->log[0] == '-')
        log_stderr(sys, line, length);
    else if (policy->log)
        append(sys, policy->log, O_CREAT, line, length);
    if (!policy->report || (policy->mode == POLICY_OFF && verdict != EVENT_REFUSED))
        return;
    if (append(sys, policy->report, 0, line, length) < 0 && verdict == EVENT_REFUSED)
        tell_lost(sys, policy->report, scratch);
}

void log_event(const struct sys *sys, const struct policy *policy, struct event *event,
               struct scratch *scratch)
{
    size_t length;

    if (!policy_is_recorded(policy))
        return;
    complete(sys, event, scratch->path);
    if (event->pid == -ESRCH) /* a traced process that has ended: it got no result */
        return;
    length = event_encode(event, scratch->large.line, sizeof scratch->large.line);
    deliver(sys, policy, event->verdict, length, scratch);
    for (unsigned i = 0; i < policy->outer_count; i++)
        deliver(sys, &policy->outer[i], event->verdict, length, scratch);
}

void log_exit(const struct sys *sys, const char *destination, struct scratch *scratch)
{
    struct text text;

    text_begin(&text, scratch->large.line, sizeof scratch->large.line);
    text_puts(&text, "libnoclobber: refused to replace '");
    text_put_json(&text, destination);
    text_puts(&text, "'; ending the process with status ");
    text_put_number(&text, POLICY_EXIT_STATUS, 0);
    text_puts(&text, " (NOCLOBBER_ON_REFUSAL=exit)\n");
    log_stderr(sys, text.start, text.length);
    sys_exit_group(sys, POLICY_EXIT_STATUS);
}

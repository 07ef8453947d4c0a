/* SPDX-License-Identifier: MIT */
/* Whether this machine can trace: tried on a child of our own, which makes one call that is stopped. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/abi.h"
#include "tracer/filter.h"
#include "tracer/stops.h"
#include "tracer/syscall_info.h"
#include "tracer/tracer.h"

_Noreturn static void be_subject(int gate, pid_t tracer)
{
    char byte;
    int result;

    prctl(PR_SET_PTRACER, (unsigned long)tracer, 0, 0, 0);
    if (read(gate, &byte, 1) != 1)
        _exit(EPIPE);
    result = filter_install();
    if (result < 0)
        _exit(-result);
    /* Not renameat2: some profiles deny that one, and it can be done without. */
    renameat(AT_FDCWD, "", AT_FDCWD, "");
    _exit(0);
}

static int say(char *reason, size_t size, int error, const char *what, const char *remedy)
{
    snprintf(reason, size, "%s: %s; %s", what, strerror(-error), remedy);
    return error;
}

static int judge_stop(pid_t subject, int status, char *reason, size_t size)
{
    struct syscall_info info;
    int result;

    if (WIFEXITED(status))
        return say(reason, size, -WEXITSTATUS(status), "this kernel takes no filter",
                   "--trace needs seccomp(2) in the kernel and allowed");
    if (!WIFSTOPPED(status) || status >> 16 != PTRACE_EVENT_SECCOMP)
        return say(reason, size, -EIO, "a rename was not stopped", "use the library instead");
    result = syscall_info_get(subject, &info);
    if (result < 0)
        return say(reason, size, result, "this kernel does not say what call was stopped",
                   "--trace needs Linux 5.6");
    return 0;
}

static int watch_subject(pid_t subject, int gate, char *reason, size_t size)
{
    int status;

    if (ptrace(PTRACE_SEIZE, subject, NULL, STOPS_OPTIONS) != 0)
        return say(
            reason, size, -errno, "nothing may be traced here",
            "see whether this runs under another tracer (strace, gdb, --trace), in a container "
            "that forbids ptrace(2), or with kernel.yama.ptrace_scope above 1");
    if (write(gate, "", 1) != 1 || waitpid(subject, &status, __WALL) != subject)
        return say(reason, size, -errno, "a trial failed", "try again");
    return judge_stop(subject, status, reason, size);
}

/* It stops once more at its end (PTRACE_O_TRACEEXIT), or ends before. */
static void end_subject(pid_t subject)
{
    int status;

    kill(subject, SIGKILL);
    while (waitpid(subject, &status, __WALL) == subject && WIFSTOPPED(status))
        ptrace(PTRACE_DETACH, subject, NULL, 0L);
}

static int try_subject(char *reason, size_t size)
{
    const pid_t parent = getpid();
    int ends[2];
    pid_t subject;
    int result;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return say(reason, size, -errno, "a trial failed", "try again");
    subject = fork();
    if (subject == 0)
        be_subject(ends[0], parent);
    result = subject < 0 ? say(reason, size, -errno, "a trial failed", "try again")
                         : watch_subject(subject, ends[1], reason, size);
    close(ends[0]);
    close(ends[1]);
    if (subject > 0)
        end_subject(subject);
    return result;
}

/* With which the tracer looks at files as a tracee sees them (tracer/view.h). */
static int try_openat2(char *reason, size_t size)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    const int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);

    if (fd < 0)
        return say(reason, size, -errno, "openat2(2) is not to be had",
                   "--trace needs Linux 5.6, and a container that allows it");
    close(fd);
    return 0;
}

int tracer_check(char *reason, size_t size)
{
    size_t count;
    int result;

    abi_list(&count);
    if (count > 0) {
        result = try_openat2(reason, size);
        return result < 0 ? result : try_subject(reason, size);
    }
    snprintf(reason, size,
             "--trace does not know this architecture; it runs on x86-64 and aarch64");
    return -ENOSYS;
}

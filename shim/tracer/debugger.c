/* SPDX-License-Identifier: MIT */
#include "tracer/debugger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/path.h"
#include "core/text.h"
#include "tracer/proc.h"

#define TOLD_MOST 64

/*
 * Writes to standard error, or gives up: the tracer must not block on a full pipe or a stopped
 * terminal (^S), because then all traced programs would. O_NONBLOCK would also change the
 * descriptor for the processes that share it, so the file is opened again.
 */
static void say(const struct text *text)
{
    struct stat facts;
    int fd = -1;

    if (send(STDERR_FILENO, text->start, text->length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
        errno != ENOTSOCK || fstat(STDERR_FILENO, &facts) != 0)
        return;
    if (S_ISREG(facts.st_mode))
        fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    else
        fd = (int)proc_call(SYS_openat, "/proc/self/fd/2",
                            O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0, 0);
    if (fd < 0 || write(fd, text->start, text->length) < 0)
        errno = 0; /* the message is lost */
    if (fd >= 0)
        close(fd);
}

static void tell(const char *link)
{
    char program[PATH_MAX];
    char storage[TEXT_JSON_MAX(PATH_MAX) + 256];
    struct text text;
    const long length = proc_call(SYS_readlinkat, link, (long)program, sizeof program - 1, 0);

    program[length < 0 ? 0 : length] = '\0';
    text_begin(&text, storage, sizeof storage);
    text_puts(&text, "noclobber: \"");
    text_put_json(&text, program);
    text_puts(&text, "\" cannot trace a process that --trace traces already (EPERM); "
                     "debug it without --trace\n");
    say(&text);
}

/* Whether no line was printed for this program (a file) yet; 0 also once TOLD_MOST programs have
 * had one. */
static int is_new(const char *link)
{
    static struct statx told[TOLD_MOST];
    static int count;
    struct statx facts = {0};

    proc_call(SYS_statx, link, 0, STATX_INO, (long)&facts);
    for (int i = 0; i < count; i++)
        if (told[i].stx_ino == facts.stx_ino && told[i].stx_dev_major == facts.stx_dev_major &&
            told[i].stx_dev_minor == facts.stx_dev_minor)
            return 0;
    if (count == TOLD_MOST)
        return 0;
    told[count++] = facts;
    return 1;
}

void debugger_notice(pid_t thread, unsigned long long request, pid_t target)
{
    char link[PATH_PROC_NAME_MAX];

    if (request != PTRACE_TRACEME && proc_number(target, "TracerPid:", 0) != getpid())
        return;
    path_proc_name(link, thread, "/exe", -1);
    if (is_new(link))
        tell(link);
}

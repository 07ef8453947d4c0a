/* SPDX-License-Identifier: MIT */
#include "tracer/debugger.h"

#include <limits.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "core/path.h"
#include "core/text.h"
#include "tracer/proc.h"

static void tell(pid_t thread)
{
    char name[PATH_PROC_NAME_MAX];
    char program[PATH_MAX];
    char storage[TEXT_JSON_MAX(PATH_MAX) + 256];
    struct text text;
    ssize_t length;

    path_proc_name(name, thread, "/exe", -1);
    length = readlink(name, program, sizeof program - 1);
    program[length < 0 ? 0 : length] = '\0';
    text_begin(&text, storage, sizeof storage);
    text_puts(&text, "noclobber: \"");
    text_put_json(&text, program);
    text_puts(&text, "\" wants to trace a process that --trace traces already, and is told EPERM: "
                     "debug it without --trace\n");
    if (write(STDERR_FILENO, text.start, text.length) < 0)
        return; /* nobody to tell */
}

void debugger_notice(pid_t thread, unsigned long long request, pid_t target)
{
    static pid_t told;

    if (request != PTRACE_TRACEME && proc_number(target, "TracerPid:", 0) != getpid())
        return;
    if (told != thread)
        tell(thread);
    told = thread;
}

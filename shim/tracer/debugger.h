/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_DEBUGGER_H
#define NOCLOBBER_TRACER_DEBUGGER_H

/* Programs that trace others themselves, such as gdb and strace. They fail: a process can have only
 * one tracer. */

#include <sys/types.h>

/* Called before `thread` calls ptrace(2) with `request` for `target`. If that will fail with EPERM
 * because we trace the target, prints one line to standard error that says so: once per program,
 * for at most 64 programs. Never blocks; the line is lost if standard error cannot take it. For the
 * tracer's main thread, after proc_hold. */
void debugger_notice(pid_t thread, unsigned long long request, pid_t target);

#endif

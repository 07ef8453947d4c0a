/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_DEBUGGER_H
#define NOCLOBBER_TRACER_DEBUGGER_H

/* Programs that trace others themselves, such as gdb and strace: a process has one tracer. */

#include <sys/types.h>

/* `thread` is about to ask ptrace(2) with `request` for `target`. Where the kernel will say EPERM
 * because the target is ours, stderr is told why, once for each program; never waits. */
void debugger_notice(pid_t thread, unsigned long long request, pid_t target);

#endif

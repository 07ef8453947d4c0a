/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_VIEW_H
#define NOCLOBBER_TRACER_VIEW_H

/*
 * Files as another thread sees them: from its root, its working directory and its descriptors
 * (/proc/PID/…, proc(5)). Requires PTRACE_MODE_READ_FSCREDS access, ptrace(2), and openat2(2),
 * Linux 5.6.
 */

#include "core/sys.h"

/*
 * Opens `path` as `thread` would, with `flags` and O_CLOEXEC; `dirfd` is AT_FDCWD or a descriptor
 * of that thread. Returns a descriptor of the caller, or -errno of openat2(2). -ELOOP: the path
 * leads through a link of /proc such as /proc/self/cwd, which would lead elsewhere from here.
 * -ESRCH, never -ENOENT: /proc has no such thread or descriptor, or the thread has another root and
 * its working directory is outside it. So -ENOENT is always about the file. Uses some 12 KiB of
 * stack. For any thread.
 */
int view_open(const struct sys *sys, int thread, int dirfd, const char *path, int flags);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_VIEW_H
#define NOCLOBBER_TRACER_VIEW_H

/*
 * The files as another thread sees them: from its root, its working directory, its descriptors
 * (/proc/PID/…, proc(5)). Takes the rights of ptrace(2)'s PTRACE_MODE_READ_FSCREDS, and Linux 5.6
 * for openat2(2).
 */

#include "core/sys.h"

/*
 * Opens `path` as `thread` would; `dirfd` is AT_FDCWD or a descriptor of that thread. O_CLOEXEC is
 * added to `flags`. Returns a descriptor of the caller, or -errno: -ELOOP for a path that leads through
 * a link of /proc such as /proc/self/cwd, which would mean another place here; -ESRCH, and never -ENOENT, if
 * /proc does not know the thread or the descriptor, or the thread lives in another root and its working
 * directory lies outside. Uses some 12 KiB of stack.
 */
int view_open(const struct sys *sys, int thread, int dirfd, const char *path, int flags);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KERNEL_H
#define NOCLOBBER_LAUNCHER_KERNEL_H

#include "core/sys.h"

/* The kernel as a command sees it, for core/path.h: both ways are syscall(2). errno is left as it was. */
extern const struct sys kernel_sys;

#endif

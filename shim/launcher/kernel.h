/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KERNEL_H
#define NOCLOBBER_LAUNCHER_KERNEL_H

#include "core/sys.h"

/*
 * The kernel for core/ functions: both entry points are syscall(2). Returns -errno; errno is
 * kept.
 */
extern const struct sys kernel_sys;

#endif

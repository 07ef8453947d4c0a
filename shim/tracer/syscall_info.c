/* SPDX-License-Identifier: MIT */
#include "tracer/syscall_info.h"

#include <errno.h>
#include <string.h>

#define GET 0x420e
#define SET 0x4212

int syscall_info_get(pid_t thread, struct syscall_info *info)
{
    memset(info, 0, sizeof *info);
    return ptrace(REQUEST(GET), thread, sizeof *info, info) > 0 ? 0 : -errno;
}

int syscall_info_set(pid_t thread, const struct syscall_info *info)
{
    return ptrace(REQUEST(SET), thread, sizeof *info, info) == 0 ? 0 : -errno;
}

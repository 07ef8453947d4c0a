/* SPDX-License-Identifier: MIT */
#include "launcher/kernel.h"

#include <errno.h>
#include <unistd.h>

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    const int before = errno;
    long result = syscall(number, a, b, c, d, e, f);

    if (result == -1)
        result = -errno;
    errno = before;
    return result;
}

const struct sys kernel_sys = {.path = call, .kernel = call};

/* SPDX-License-Identifier: MIT */
/* An architecture that the tracer does not know, as tracer_check says: no thread is ever stopped, and none of these called. */
#if !defined(__x86_64__) && !defined(__aarch64__)

#include "tracer/registers.h"

#include <errno.h>

int registers_read(pid_t thread, struct registers *registers)
{
    (void)thread;
    (void)registers;
    return -ENOSYS;
}

int registers_write(pid_t thread, const struct registers *registers)
{
    (void)thread;
    (void)registers;
    return -ENOSYS;
}

int registers_replace(pid_t thread, const struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    (void)thread;
    (void)registers;
    (void)abi;
    (void)call;
    return -ENOSYS;
}

int registers_skip(pid_t thread, const struct registers *registers, long result)
{
    (void)thread;
    (void)registers;
    (void)result;
    return -ENOSYS;
}

void registers_repeat(struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    (void)registers;
    (void)abi;
    (void)call;
}

void registers_set_result(struct registers *registers, const struct abi *abi, long result)
{
    (void)registers;
    (void)abi;
    (void)result;
}

void registers_set_number(struct registers *registers, const struct abi *abi, unsigned number)
{
    (void)registers;
    (void)abi;
    (void)number;
}

#else
typedef int nothing_here;
#endif

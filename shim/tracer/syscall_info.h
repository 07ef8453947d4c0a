/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_SYSCALL_INFO_H
#define NOCLOBBER_TRACER_SYSCALL_INFO_H

/*
 * The system call in which a thread is stopped: PTRACE_GET_SYSCALL_INFO (Linux 5.3), the only
 * request that tells the ABI of a call, and PTRACE_SET_SYSCALL_INFO (Linux 6.16), which changes the
 * call. The structure is the kernel's, declared here because the headers of libcs differ.
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>

/* A request of ptrace(2) by number: glibc's enumeration lacks the newer ones. */
#ifdef __GLIBC__
#define REQUEST(number) ((enum __ptrace_request)(number))
#else
#define REQUEST(number) (number)
#endif

#define SYSCALL_INFO_GET 0x420e
#define SYSCALL_INFO_SET 0x4212

enum {
    SYSCALL_INFO_NONE,
    SYSCALL_INFO_ENTRY,
    SYSCALL_INFO_EXIT,
    SYSCALL_INFO_SECCOMP,
};

struct syscall_info {
    uint8_t op; /* SYSCALL_INFO_… */
    uint8_t reserved;
    uint16_t flags;
    uint32_t architecture; /* AUDIT_ARCH_… */
    uint64_t instruction;
    uint64_t stack;
    union {
        struct { /* ENTRY; SECCOMP, which also has `data` */
            uint64_t number;
            uint64_t arguments[6];
            uint32_t data;
            uint32_t reserved_2;
        };
        struct { /* EXIT */
            int64_t result;
            uint8_t is_error;
        };
    };
};

/* Reads the call of `thread`, which is stopped, to `info`; or replaces it by `info`, whose `op`
 * must be that of the stop. Both return 0; -ESRCH if the thread was killed; -EIO if the kernel
 * lacks the request; or another -errno of ptrace(2). */
static inline int syscall_info_get(pid_t thread, struct syscall_info *info)
{
    memset(info, 0, sizeof *info);
    return ptrace(REQUEST(SYSCALL_INFO_GET), thread, sizeof *info, info) > 0 ? 0 : -errno;
}

static inline int syscall_info_set(pid_t thread, const struct syscall_info *info)
{
    return ptrace(REQUEST(SYSCALL_INFO_SET), thread, sizeof *info, info) == 0 ? 0 : -errno;
}

#endif

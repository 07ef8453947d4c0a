/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_SYSCALL_INFO_H
#define NOCLOBBER_TRACER_SYSCALL_INFO_H

/*
 * What the kernel says of a thread that is stopped in a system call: PTRACE_GET_SYSCALL_INFO, Linux
 * 5.3, which alone tells by which ABI a call was made; and changing it, PTRACE_SET_SYSCALL_INFO,
 * Linux 6.16. The structure is the kernel's own, spelt out because libc headers differ.
 */

#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

/* A request of ptrace(2) by its number: glibc has an enumeration of them, which lacks the newer ones. */
#ifdef __GLIBC__
#define REQUEST(number) ((enum __ptrace_request)(number))
#else
#define REQUEST(number) (number)
#endif

enum {
    SYSCALL_INFO_NONE,
    SYSCALL_INFO_ENTRY,
    SYSCALL_INFO_EXIT,
    SYSCALL_INFO_SECCOMP,
};

struct syscall_info {
    uint8_t op; /* one of the above */
    uint8_t reserved;
    uint16_t flags;
    uint32_t architecture; /* AUDIT_ARCH_… */
    uint64_t instruction;
    uint64_t stack;
    union {
        struct { /* ENTRY, and SECCOMP with two words more */
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

/* Both return 0, or -errno: -ESRCH when the thread was killed, -EIO where the kernel does not know the
 * request. What is set must have the `op` of the stop. */
int syscall_info_get(pid_t thread, struct syscall_info *info);
int syscall_info_set(pid_t thread, const struct syscall_info *info);

#endif

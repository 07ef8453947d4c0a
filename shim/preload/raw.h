/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_RAW_H
#define NOCLOBBER_PRELOAD_RAW_H

/*
 * The system call instruction. The library links no libc, and libc's own syscall(3) is one of the
 * names it interposes, so it makes its system calls itself, by the calling convention that
 * syscall(2) lists for each architecture. A new architecture needs one function here and nothing
 * else.
 */

/*
 * Makes system call `number` (SYS_… of <sys/syscall.h>). Returns what the kernel returns: -4095 to
 * -1 is a negative errno. `errno` is not touched. Async-signal-safe, thread-safe.
 */
static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__) && defined(__LP64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;

    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#else
#error "libnoclobber does not know this architecture's system call instruction yet: see raw.h"
#endif
}

#endif

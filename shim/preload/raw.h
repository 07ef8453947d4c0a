/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_RAW_H
#define NOCLOBBER_PRELOAD_RAW_H

/*
 * The system call instruction. The library links no libc, and it interposes libc's syscall(2), so
 * it makes its system calls itself, by the calling conventions that syscall(2) lists. A new
 * architecture needs a branch here and one in interpose.c.
 */

/*
 * Makes system call `number` (SYS_… of <sys/syscall.h>). Returns the kernel's result: -4095 to -1
 * is a negative errno. Does not touch `errno`. Async-signal-safe, thread-safe. Always inlined,
 * because clone(2) without a new stack must not return from a frame (preload/aside.c).
 */
__attribute__((always_inline)) static inline long raw_call(long number, long a, long b, long c,
                                                           long d, long e, long f)
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
#elif defined(__i386__)
    /* The sixth argument goes in the frame pointer, which the compiler may use itself. */
    const long last[] = {e, f};
    const long *at = last;
    long result;

    __asm__ volatile("pushl %%ebp\n\t"
                     "movl 4(%%edi), %%ebp\n\t"
                     "movl (%%edi), %%edi\n\t"
                     "int $0x80\n\t"
                     "popl %%ebp"
                     : "=a"(result), "+D"(at)
                     : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d)
                     : "memory");
    return result;
#elif defined(__arm__) && defined(__ARM_EABI__)
    /* The number goes in r7, the frame pointer of Thumb code. */
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;

    __asm__ volatile("push {r7}\n\t"
                     "mov r7, %[number]\n\t"
                     "svc 0\n\t"
                     "pop {r7}"
                     : "+r"(r0)
                     : [number] "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
#elif defined(__riscv) && __riscv_xlen == 64
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return a0;
#elif defined(__powerpc64__)
    /* On error the summary overflow bit is set, and the result is a positive errno. */
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;

    __asm__ volatile("sc\n\t"
                     "bns+ 1f\n\t"
                     "neg 3, 3\n"
                     "1:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "r9", "r10", "r11", "r12", "cr0", "ctr", "xer", "memory");
    return r3;
#elif defined(__s390x__)
    register long r1 __asm__("r1") = number;
    register long r2 __asm__("r2") = a;
    register long r3 __asm__("r3") = b;
    register long r4 __asm__("r4") = c;
    register long r5 __asm__("r5") = d;
    register long r6 __asm__("r6") = e;
    register long r7 __asm__("r7") = f;

    __asm__ volatile("svc 0"
                     : "+r"(r2)
                     : "r"(r1), "r"(r3), "r"(r4), "r"(r5), "r"(r6), "r"(r7)
                     : "memory");
    return r2;
#else
#error "libnoclobber does not support this architecture: add its system call instruction to raw.h"
#endif
}

#endif

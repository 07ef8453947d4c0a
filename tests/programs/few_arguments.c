/* SPDX-License-Identifier: MIT */
/*
 * Calls syscall(2) with only a number, on a stack above which nothing may be written: the function
 * must not use the place of arguments that the caller did not pass. On architectures that pass all
 * arguments in registers, this cannot fail.
 */
#include "host.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define STACK (256L * 1024)
#define BEHIND 65536L

/* Calls syscall(number, 0…) such that its stack arguments would begin at `end`. */
static long call_at(char *end, long number)
{
#if defined(__x86_64__) && defined(__LP64__)
    long result;

    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "movq %[end], %%rsp\n\t"
                     "call *%[function]\n\t"
                     "movq %%rbx, %%rsp"
                     : "=a"(result)
                     : [end] "r"(end), [function] "r"(syscall), "D"(number), "S"(0L), "d"(0L),
                       "c"(0L)
                     : "rbx", "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
#elif defined(__i386__)
    long result;

    memcpy(end - sizeof number, &number, sizeof number);
    __asm__ volatile("movl %%esp, %%esi\n\t"
                     "movl %[end], %%esp\n\t"
                     "call *%[function]\n\t"
                     "movl %%esi, %%esp"
                     : "=a"(result)
                     : [end] "r"(end - sizeof number), [function] "r"(syscall)
                     : "esi", "ecx", "edx", "memory", "cc");
    return result;
#elif defined(__arm__)
    register long result __asm__("r0") = number;
    register long second __asm__("r1") = 0;
    register long third __asm__("r2") = 0;
    register long fourth __asm__("r3") = 0;

    __asm__ volatile("mov r5, sp\n\t"
                     "mov sp, %[end]\n\t"
                     "blx %[function]\n\t"
                     "mov sp, r5"
                     : "+r"(result), "+r"(second), "+r"(third), "+r"(fourth)
                     : [end] "r"(end), [function] "r"(syscall)
                     : "r5", "r12", "lr", "memory", "cc");
    return result;
#elif defined(__s390x__)
    register long result __asm__("r2") = number;
    register long second __asm__("r3") = 0;
    register long third __asm__("r4") = 0;
    register long fourth __asm__("r5") = 0;
    register long fifth __asm__("r6") = 0;

    /* 160 bytes above the stack pointer belong to the called function. */
    __asm__ volatile("lgr %%r8, %%r15\n\t"
                     "lgr %%r15, %[end]\n\t"
                     "basr %%r14, %[function]\n\t"
                     "lgr %%r15, %%r8"
                     : "+r"(result), "+r"(second), "+r"(third), "+r"(fourth), "+r"(fifth)
                     : [end] "a"(end - 160), [function] "a"(syscall)
                     : "r0", "r1", "r8", "r14", "memory", "cc");
    return result;
#else
    (void)end;
    return syscall(number, 0L, 0L, 0L, 0L, 0L);
#endif
}

int main(void)
{
    char *const stack = mmap(NULL, (size_t)(STACK + BEHIND), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check(stack != MAP_FAILED, "a stack");
    check(mprotect(stack + STACK, (size_t)BEHIND, PROT_READ) == 0, "what is behind it");
    check(call_at(stack + STACK, SYS_getpid) == getpid(), "a call that is forwarded");
    errno = 0;
    check(call_at(stack + STACK, SYS_renameat2) == -1 && errno == EFAULT, "a call that is not");
    return 0;
}

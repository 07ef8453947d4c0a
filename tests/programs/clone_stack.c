/* SPDX-License-Identifier: MIT */
/*
 * syscall(SYS_clone, …) with a stack for the child, as programs call it that avoid libc's clone().
 * libc's syscall(2) is a leaf function, so the child can return from it on the new stack. Ours must
 * be one too. On processors that keep the return address on the stack, the child finds it on the
 * new one.
 */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK (256 * 1024)
#define STATUS 7

/* Where the child continues if the return address is on the stack (x86). */
static _Noreturn void returned(void)
{
    _exit(STATUS);
}

static long clone_onto(uintptr_t *stack, unsigned long flags)
{
#ifdef __s390x__
    return syscall(SYS_clone, stack, flags, 0L, 0L, 0L);
#else
    return syscall(SYS_clone, flags, stack, 0L, 0L, 0L);
#endif
}

/* Starts a child with its own stack and memory; returns its wait status. */
static int child_status(uintptr_t *stack)
{
    const long pid = clone_onto(stack, SIGCHLD);
    int status = -1;

    if (pid == 0)
        _exit(STATUS);
    if (pid < 0 || waitpid((pid_t)pid, &status, 0) != pid) {
        perror("clone_stack");
        exit(1);
    }
    return status;
}

int main(void)
{
    const size_t words = STACK / sizeof(uintptr_t);
    uintptr_t *const stack = calloc(words, sizeof *stack);
    int status;

    if (!stack)
        return 1;
#if defined(__x86_64__) || defined(__i386__)
    for (size_t i = 0; i < words; i++)
        stack[i] = (uintptr_t)returned;
#else
    (void)returned;
#endif
#ifdef __powerpc64__ /* the caller reloads its TOC pointer from a frame, which the child lacks */
    __asm__("std 2, %0" : "=m"(stack[words / 2 + 3]));
#endif
    status = child_status(stack + words / 2);
    free(stack);
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS)
        return 0;
    fprintf(stderr, "clone_stack: the child ended with wait status %#x\n", (unsigned)status);
    return 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * preserved SOURCE DESTINATION EXPECTED: one rename by the system call instruction, in each ABI of
 * the processor that the kernel takes. Its result must be EXPECTED, an errno or 0 (then the file is renamed back), and
 * all registers that a call preserves (syscall(2), "Architecture calling conventions") must be
 * unchanged.
 */
#include "host.h"

#include <limits.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define COUNT 12 /* registers that are checked */

#if defined(__x86_64__)
/* All except rax (the result), rcx and r11 (changed by the instruction), rbp and rsp (used by the
 * compiler). */
static long call_native(uint64_t registers[COUNT])
{
    register uint64_t r10 __asm__("r10") = registers[3];
    register uint64_t r8 __asm__("r8") = registers[4];
    register uint64_t r9 __asm__("r9") = registers[5];
    register uint64_t r12 __asm__("r12") = registers[7];
    register uint64_t r13 __asm__("r13") = registers[8];
    register uint64_t r14 __asm__("r14") = registers[9];
    register uint64_t r15 __asm__("r15") = registers[10];
    long result = SYS_rename;

    __asm__ volatile("syscall"
                     : "+a"(result), "+D"(registers[0]), "+S"(registers[1]), "+d"(registers[2]),
                       "+b"(registers[6]), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r12), "+r"(r13),
                       "+r"(r14), "+r"(r15)
                     :
                     : "rcx", "r11", "memory");
    registers[3] = r10;
    registers[4] = r8;
    registers[5] = r9;
    registers[7] = r12;
    registers[8] = r13;
    registers[9] = r14;
    registers[10] = r15;
    return result;
}

/* The upper halves are not part of an `int $0x80` call, but must be preserved too. */
static long call_i386(uint64_t registers[COUNT])
{
    register uint64_t r12 __asm__("r12") = registers[7];
    register uint64_t r13 __asm__("r13") = registers[8];
    register uint64_t r14 __asm__("r14") = registers[9];
    register uint64_t r15 __asm__("r15") = registers[10];
    long result = 38;

    __asm__ volatile("int $0x80"
                     : "+a"(result), "+b"(registers[0]), "+c"(registers[1]), "+d"(registers[2]),
                       "+S"(registers[3]), "+D"(registers[4]), "+r"(r12), "+r"(r13), "+r"(r14),
                       "+r"(r15)
                     :
                     : "r8", "r9", "r10", "r11", "memory");
    registers[7] = r12;
    registers[8] = r13;
    registers[9] = r14;
    registers[10] = r15;
    return (int)result;
}

static long (*const calls[])(uint64_t *) = {call_native, call_i386};

#elif defined(__aarch64__)
/* x0 is the result; x1 to x7, and x8 (the number), are preserved. aarch64 has no rename: uses
 * renameat. */
static long call_native(uint64_t registers[COUNT])
{
    register uint64_t x0 __asm__("x0") = (uint64_t)AT_FDCWD;
    register uint64_t x1 __asm__("x1") = registers[0];
    register uint64_t x2 __asm__("x2") = (uint64_t)AT_FDCWD;
    register uint64_t x3 __asm__("x3") = registers[1];
    register uint64_t x4 __asm__("x4") = registers[2];
    register uint64_t x5 __asm__("x5") = registers[3];
    register uint64_t x6 __asm__("x6") = registers[4];
    register uint64_t x7 __asm__("x7") = registers[5];
    register uint64_t x8 __asm__("x8") = SYS_renameat;
    register uint64_t x9 __asm__("x9") = registers[6];
    register uint64_t x19 __asm__("x19") = registers[7];
    long result;

    __asm__ volatile("svc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),
                       "+r"(x7), "+r"(x8), "+r"(x9), "+r"(x19)
                     :
                     : "memory");
    result = (long)x0; /* first: without optimisation, the next lines use x0 */
    registers[0] = x1;
    registers[1] = x3;
    registers[2] = x4;
    registers[3] = x5;
    registers[4] = x6;
    registers[5] = x7;
    registers[6] = x9;
    registers[7] = x19;
    check(x2 == (uint64_t)AT_FDCWD && x8 == SYS_renameat, "x2 and x8 are as they were");
    return result;
}

static long (*const calls[])(uint64_t *) = {call_native};

#else
static long call_native(uint64_t registers[COUNT])
{
    return rename((const char *)(uintptr_t)registers[0], (const char *)(uintptr_t)registers[1]) == 0
               ? 0
               : -errno;
}

static long (*const calls[])(uint64_t *) = {call_native};
#endif

/* Copies the name below 4 GiB if the architecture has MAP_32BIT, for 32-bit calls. */
static char *copy_low(const char *name)
{
#ifdef MAP_32BIT
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT;
#else
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
    char *const copy = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE, flags, -1, 0);

    check(copy != MAP_FAILED && strlen(name) < PATH_MAX, "room for a name");
    return strcpy(copy, name);
}

/* Whether the kernel takes the call: one without IA-32 emulation kills a program for `int $0x80`. */
static int is_answered(long (*call)(uint64_t *))
{
    uint64_t registers[COUNT] = {0};
    const pid_t child = fork();
    int status;

    check(child >= 0, "a child is started");
    if (child == 0) {
        call(registers);
        _exit(0);
    }
    check(waitpid(child, &status, 0) == child, "the child ended");
    return WIFEXITED(status);
}

int main(int count, char **arguments)
{
    char *source, *destination;

    check(count == 4, "preserved SOURCE DESTINATION EXPECTED");
    source = copy_low(arguments[1]);
    destination = copy_low(arguments[2]);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        uint64_t registers[COUNT], before[COUNT];
        long result;

        if (!is_answered(calls[i])) {
            fprintf(stderr, "preserved: this kernel does not take call %zu\n", i);
            continue;
        }
        for (unsigned j = 0; j < COUNT; j++)
            registers[j] = 0xC0FFEE0000000000 + 0x0101010101 * j;
        registers[0] = (uintptr_t)source;
        registers[1] = (uintptr_t)destination;
        memcpy(before, registers, sizeof before);
        result = calls[i](registers);
        check(-result == atoi(arguments[3]), "the result is as expected");
        check(memcmp(registers, before, sizeof before) == 0, "the registers are as they were");
        if (result == 0)
            check(rename(destination, source) == 0, "it can be renamed back");
    }
    return 0;
}

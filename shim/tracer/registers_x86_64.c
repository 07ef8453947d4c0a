/* SPDX-License-Identifier: MIT */
/*
 * A 64-bit tracer sees the 64-bit registers of any thread (PTRACE_GETREGS follows the tracer's
 * ABI). If a 64-bit program makes a call by `int $0x80`, the upper halves are not part of the call,
 * but must be kept.
 */
#if defined(__x86_64__)

#include "tracer/registers.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static_assert(sizeof(struct registers) == sizeof(struct user_regs_struct), "all of them");

#define AT(name) (offsetof(struct user_regs_struct, name) / sizeof(uint64_t))

/* `syscall` and `int $0x80` are two bytes each; after `sysenter` the kernel returns behind an `int
 * $0x80` of the vdso. The kernel restarts calls on the same assumption. */
#define INSTRUCTION_SIZE 2

static const unsigned char native[6] = {AT(rdi), AT(rsi), AT(rdx), AT(r10), AT(r8), AT(r9)};
static const unsigned char compatible[6] = {AT(rbx), AT(rcx), AT(rdx), AT(rsi), AT(rdi), AT(rbp)};

int registers_read(pid_t thread, struct registers *registers)
{
    return ptrace(PTRACE_GETREGS, thread, NULL, registers->words) == 0 ? 0 : -errno;
}

int registers_write(pid_t thread, const struct registers *registers)
{
    return ptrace(PTRACE_SETREGS, thread, NULL, registers->words) == 0 ? 0 : -errno;
}

static void set_arguments(struct registers *registers, const struct abi *abi,
                          const struct registers_call *call)
{
    const int is_native = abi_is_full_width(abi);
    const unsigned char *const places = is_native ? native : compatible;

    for (unsigned i = 0; i < 6; i++)
        registers->words[places[i]] = is_native ? call->arguments[i] : (uint32_t)call->arguments[i];
}

int registers_replace(pid_t thread, const struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    struct registers changed = *registers;

    changed.words[AT(orig_rax)] = call->number;
    set_arguments(&changed, abi, call);
    return registers_write(thread, &changed);
}

int registers_skip(pid_t thread, const struct registers *registers, long result)
{
    struct registers changed = *registers;

    changed.words[AT(orig_rax)] = (uint64_t)-1;
    changed.words[AT(rax)] = (uint64_t)result;
    return registers_write(thread, &changed);
}

void registers_repeat(struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    registers->words[AT(rip)] -= INSTRUCTION_SIZE;
    registers->words[AT(rax)] = call->number;
    set_arguments(registers, abi, call);
}

void registers_restore(struct registers *registers, const struct abi *abi,
                       const struct registers_call *call)
{
    registers->words[AT(orig_rax)] = call->number;
    set_arguments(registers, abi, call);
}

long registers_result(const struct registers *registers, const struct abi *abi)
{
    const uint64_t result = registers->words[AT(rax)];

    return abi_is_full_width(abi) ? (long)result : (int)result;
}

int registers_are_at(const struct registers *registers, const struct abi *abi, uint64_t instruction,
                     uint64_t stack)
{
    (void)abi;
    return registers->words[AT(rip)] == instruction && registers->words[AT(rsp)] == stack;
}

void registers_set_result(struct registers *registers, const struct abi *abi, long result)
{
    (void)abi;
    registers->words[AT(rax)] = (uint64_t)result;
}

int registers_is_rolled_back(const struct registers_call *call, long result)
{
    return result == (long)call->number;
}

#else
typedef int nothing_here;
#endif

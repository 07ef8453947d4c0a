/* SPDX-License-Identifier: MIT */
/*
 * The number of a call that is about to be made is not a general register; a register set of its
 * own holds it (NT_ARM_SYSTEM_CALL). A 32-bit program has about half as many registers of half the
 * size: the size of the set tells.
 */
#if defined(__aarch64__)

#include "tracer/registers.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif

enum { NUMBER = 8, SP = 31, PC = 32 }; /* indexes, in a 64-bit program */
enum {
    NUMBER_32 = 7,
    SP_32 = 13,
    PC_32 = 15,
    STATUS_32 = 16,
    THUMB = 1 << 5
}; /* in a 32-bit one */

static int is_32_bit(const struct registers *registers)
{
    return registers->size == sizeof registers->halves;
}

int registers_read(pid_t thread, struct registers *registers)
{
    struct iovec area = {registers->words, sizeof registers->words};

    if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &area) != 0)
        return -errno;
    registers->size = area.iov_len;
    return 0;
}

int registers_write(pid_t thread, const struct registers *registers)
{
    struct registers copy = *registers;
    struct iovec area = {copy.words, copy.size};

    return ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &area) == 0 ? 0 : -errno;
}

static void set_arguments(struct registers *registers, const struct registers_call *call)
{
    for (unsigned i = 0; i < 6; i++)
        if (is_32_bit(registers))
            registers->halves[i] = (uint32_t)call->arguments[i];
        else
            registers->words[i] = call->arguments[i];
}

static int write_with_number(pid_t thread, const struct registers *registers, int number)
{
    struct iovec area = {&number, sizeof number};
    int result = registers_write(thread, registers);

    if (result == 0 && ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &area) != 0)
        result = -errno;
    return result;
}

int registers_replace(pid_t thread, const struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    struct registers changed = *registers;

    (void)abi;
    set_arguments(&changed, call);
    return write_with_number(thread, &changed, (int)call->number);
}

int registers_skip(pid_t thread, const struct registers *registers, long result)
{
    struct registers changed = *registers;

    registers_set_result(&changed, NULL, result);
    return write_with_number(thread, &changed, -1);
}

void registers_repeat(struct registers *registers, const struct abi *abi,
                      const struct registers_call *call)
{
    (void)abi;
    if (is_32_bit(registers)) {
        registers->halves[PC_32] -= (registers->halves[STATUS_32] & THUMB) ? 2 : 4;
        registers->halves[NUMBER_32] = call->number;
    } else {
        registers->words[PC] -= 4;
        registers->words[NUMBER] = call->number;
    }
    set_arguments(registers, call);
}

void registers_restore(struct registers *registers, const struct abi *abi,
                       const struct registers_call *call)
{
    (void)abi;
    set_arguments(registers, call);
}

long registers_result(const struct registers *registers, const struct abi *abi)
{
    (void)abi;
    return is_32_bit(registers) ? (int)registers->halves[0] : (long)registers->words[0];
}

int registers_are_at(const struct registers *registers, const struct abi *abi, uint64_t instruction,
                     uint64_t stack)
{
    (void)abi;
    return is_32_bit(registers)
               ? registers->halves[PC_32] == instruction && registers->halves[SP_32] == stack
               : registers->words[PC] == instruction && registers->words[SP] == stack;
}

void registers_set_result(struct registers *registers, const struct abi *abi, long result)
{
    (void)abi;
    if (is_32_bit(registers))
        registers->halves[0] = (uint32_t)result;
    else
        registers->words[0] = (uint64_t)result;
}

int registers_is_rolled_back(const struct registers_call *call, long result)
{
    return (uint32_t)result == (uint32_t)call->arguments[0];
}

#else
typedef int nothing_here;
#endif

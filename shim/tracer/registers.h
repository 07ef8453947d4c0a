/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REGISTERS_H
#define NOCLOBBER_TRACER_REGISTERS_H

/*
 * The registers of a thread that is stopped in a system call, ptrace(2), and how each architecture
 * passes a call in them (syscall(2), "Architecture calling conventions").
 *
 * A system call preserves most registers, and so must we: the caller keeps the registers of the
 * first stop, and in the end writes them all back with only the result changed.
 *
 * Conventions: functions with a thread return 0 or -errno of ptrace(2), -ESRCH if the thread was
 * killed meanwhile. Functions without one are pure.
 */

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracer/abi.h"

struct registers {
#if defined(__x86_64__)
    uint64_t words[27]; /* struct user_regs_struct */
#elif defined(__aarch64__)
    union {
        uint64_t words[34]; /* struct user_pt_regs */
        uint32_t halves[18];
    };
    size_t size; /* in bytes; a 32-bit program uses `halves` */
#elif ABI_COUNT > 0
#error "the registers of this architecture are missing"
#else
    int nothing;
#endif
};

/* A system call: its number under an ABI, and its arguments. */
struct registers_call {
    unsigned number;
    uint64_t arguments[6];
};

#if ABI_COUNT > 0

/* Reads all registers of a stopped thread; writes all of them. */
int registers_read(pid_t thread, struct registers *registers);
int registers_write(pid_t thread, const struct registers *registers);

/* For a thread that is about to make a call: makes it `call` instead, of `abi`. `registers` are
 * those of the stop. */
int registers_replace(pid_t thread, const struct registers *registers, const struct abi *abi,
                      const struct registers_call *call);

/* For a thread that is about to make a call: the call is not made, and returns `result`.
 * `registers` are those of the stop. */
int registers_skip(pid_t thread, const struct registers *registers, long result);

/* After a call: moves back to the instruction that made it, so that the thread makes `call`. */
void registers_repeat(struct registers *registers, const struct abi *abi,
                      const struct registers_call *call);

/* After a call that replaced `call`: sets number and arguments back to those of `call`. Only for an
 * ABI of full width (abi_is_full_width): for others `call` holds only the lower halves of the
 * registers. */
void registers_restore(struct registers *registers, const struct abi *abi,
                       const struct registers_call *call);

/* After a call: returns its result, an error as -errno. */
long registers_result(const struct registers *registers, const struct abi *abi);

/* Whether the registers are at this instruction with this stack pointer: 1 or 0. */
int registers_are_at(const struct registers *registers, const struct abi *abi, uint64_t instruction,
                     uint64_t stack);

/* After a call: changes its result, an error as -errno. */
void registers_set_result(struct registers *registers, const struct abi *abi, long result);

/* Whether `call`, which has ended with `result`, may have been trapped by a filter. The kernel then
 * rolls the registers back, and the result is the number (x86) or the first argument (aarch64) of
 * the call. 1 or 0. */
int registers_is_rolled_back(const struct registers_call *call, long result);

#else /* never called: tracer_check refuses on such an architecture */

#define registers_read(thread, registers) ((void)(thread), (void)(registers), -ENOSYS)
#define registers_write(thread, registers) registers_read(thread, registers)
#define registers_replace(thread, registers, abi, call)                                            \
    ((void)(abi), (void)(call), registers_read(thread, registers))
#define registers_skip(thread, registers, result)                                                  \
    ((void)(result), registers_read(thread, registers))
#define registers_repeat(registers, abi, call) ((void)(registers), (void)(abi), (void)(call))
#define registers_restore(registers, abi, call) registers_repeat(registers, abi, call)
#define registers_result(registers, abi) ((void)(registers), (void)(abi), 0L)
#define registers_are_at(registers, abi, instruction, stack)                                       \
    ((void)(registers), (void)(abi), (void)(instruction), (void)(stack), 0)
#define registers_set_result(registers, abi, result) registers_repeat(registers, abi, result)
#define registers_is_rolled_back(call, result) ((void)(call), (void)(result), 0)

#endif

#endif

/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REGISTERS_H
#define NOCLOBBER_TRACER_REGISTERS_H

/*
 * The registers of a thread that is stopped in a system call, ptrace(2), and how each architecture
 * passes a call in them (syscall(2), "Architecture calling conventions").
 *
 * What a call leaves alone must be left alone: the caller keeps the registers of the first stop and
 * writes all of them back when it is done, changed in the result alone.
 *
 * Conventions: 0 or -errno, -ESRCH for a thread that was killed meanwhile; functions without a
 * thread are pure.
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
    size_t size; /* bytes of it; of a 32-bit program `halves` */
#else
    int nothing;
#endif
};

/* A system call to be made. */
struct registers_call {
    unsigned number;
    uint64_t arguments[6];
};

#if defined(__x86_64__) || defined(__aarch64__)

int registers_read(pid_t thread, struct registers *registers);
int registers_write(pid_t thread, const struct registers *registers);

/* Puts `call` in the place of the one that is about to be made, where the thread is stopped at its
 * entry. */
int registers_replace(pid_t thread, const struct registers *registers, const struct abi *abi,
                      const struct registers_call *call);

/* Has the call that is about to be made, where the thread is stopped at its entry, not made: it returns
 * `result`. */
int registers_skip(pid_t thread, const struct registers *registers, long result);

/* Of a thread whose call is over: goes back to the instruction that made it, to make `call`. */
void registers_repeat(struct registers *registers, const struct abi *abi,
                      const struct registers_call *call);

/* Of a thread that has made another call in place of `call`: sets the number and the arguments back to those of
 * `call`. Only for an ABI of full width: of the others `call` holds only a part of the registers. */
void registers_restore(struct registers *registers, const struct abi *abi,
                       const struct registers_call *call);

/* What the call of a thread returned, whose call is over. */
long registers_result(const struct registers *registers, const struct abi *abi);

/* Whether both are those of one thread at one instruction: 1 or 0. */
int registers_are_at(const struct registers *registers, const struct abi *abi, uint64_t instruction,
                     uint64_t stack);

/* Sets what the call returns: 0 or -errno. */
void registers_set_result(struct registers *registers, const struct abi *abi, long result);

/* Whether a call that has ended with `result` looks as the kernel leaves one that a filter has trapped: the number
 * (x86), or the first argument (aarch64), is where the result would be. Pure. */
int registers_is_rolled_back(const struct registers_call *call, long result);

#else /* no thread is ever stopped: tracer_check refuses */

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

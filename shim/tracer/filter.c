/* SPDX-License-Identifier: MIT */
#include "tracer/filter.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/abi.h"

/* The supported architectures are little-endian: the low half comes first. */
#define LOW_HALF(argument) ((unsigned)offsetof(struct seccomp_data, args[argument]))

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2)
#endif
#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1UL << 3)
#endif

#define STOP (SECCOMP_RET_TRACE | FILTER_MARK)

struct program {
    struct sock_filter *code;
    unsigned short length;
};

static void put(struct program *program, unsigned code, unsigned value, unsigned if_true,
                unsigned if_false)
{
    const struct sock_filter instruction = {(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false,
                                            value};

    program->code[program->length++] = instruction;
}

static void put_load(struct program *program, size_t offset)
{
    put(program, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void put_return(struct program *program, unsigned action)
{
    put(program, BPF_RET | BPF_K, action, 0, 0);
}

/* Skips the next `skipped` instructions unless the loaded word equals `value`. */
static void put_unless_equal(struct program *program, unsigned value, unsigned skipped)
{
    put(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

/* ---- the action for one call: at most ACTION_LENGTH instructions, ending with a return ---- */

#define ACTION_LENGTH 6

static void put_flags_action(struct program *program, unsigned argument, unsigned flags,
                             unsigned if_any, unsigned if_none)
{
    put_load(program, LOW_HALF(argument));
    put(program, BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1);
    put_return(program, if_any);
    put_return(program, if_none);
}

static void put_ptrace_action(struct program *program)
{
    put_load(program, LOW_HALF(0));
    put(program, BPF_JMP | BPF_JEQ | BPF_K, PTRACE_TRACEME, 3, 0);
    put(program, BPF_JMP | BPF_JEQ | BPF_K, PTRACE_ATTACH, 2, 0);
    put(program, BPF_JMP | BPF_JEQ | BPF_K, PTRACE_SEIZE, 1, 0);
    put_return(program, SECCOMP_RET_ALLOW);
    put_return(program, STOP);
}

static void put_action(struct program *program, enum abi_call call)
{
    if (call <= ABI_RENAMEAT)
        put_return(program, STOP);
    else if (call == ABI_RENAMEAT2)
        put_flags_action(program, 4, RENAME_EXCHANGE, SECCOMP_RET_ALLOW, STOP);
    else if (call == ABI_PTRACE)
        put_ptrace_action(program);
    else if (call == ABI_SECCOMP)
        put_flags_action(program, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_ERRNO | EBUSY,
                         SECCOMP_RET_ALLOW);
    else /* io_uring */
        put_return(program, SECCOMP_RET_ERRNO | ENOSYS);
}

/* ---- the whole program ---- */

static void put_call(struct program *program, const struct abi *abi, enum abi_call call)
{
    struct sock_filter action[ACTION_LENGTH];
    struct program part = {action, 0};

    if (abi->numbers[call] == ABI_NONE)
        return;
    put_action(&part, call);
    put_unless_equal(program, abi->numbers[call], part.length);
    for (unsigned i = 0; i < part.length; i++)
        program->code[program->length++] = action[i];
}

/* The calls of one architecture, which may have several ABIs. `jump` is the index of the
 * instruction that skips them. */
static void put_architecture(struct program *program, unsigned architecture)
{
    const unsigned short jump = program->length;
    size_t count;
    const struct abi *const list = abi_list(&count);

    put_unless_equal(program, architecture, 0);
    put_load(program, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < count; i++)
        for (unsigned call = 0; list[i].architecture == architecture && call < ABI_WATCHED; call++)
            put_call(program, &list[i], (enum abi_call)call);
    put_return(program, SECCOMP_RET_ALLOW);
    program->code[jump].jf = (uint8_t)(program->length - jump - 1);
}

static int is_first_of_architecture(const struct abi *list, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (list[i].architecture == list[index].architecture)
            return 0;
    return 1;
}

unsigned short filter_build(struct sock_filter *out)
{
    struct program program = {out, 0};
    size_t count;
    const struct abi *const list = abi_list(&count);

    put_load(&program, offsetof(struct seccomp_data, arch));
    for (size_t i = 0; i < count; i++)
        if (is_first_of_architecture(list, i))
            put_architecture(&program, list[i].architecture);
    put_return(&program, SECCOMP_RET_ERRNO | ENOSYS);
    return program.length;
}

/* SPEC_ALLOW: without it, kernels before 5.16 disable speculative store bypass for the whole
 * program, which slows it down; this filter needs no such protection. */
static int install(const struct sock_fprog *program)
{
    const unsigned long flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program) == 0 ? 0 : -errno;
}

int filter_install(void)
{
    struct sock_filter code[FILTER_MAX];
    const struct sock_fprog program = {filter_build(code), code};
    int result = install(&program);

    if (result == -EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        result = install(&program);
    return result;
}

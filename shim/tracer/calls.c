/* SPDX-License-Identifier: MIT */
#include "tracer/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/syscall_info.h"

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif

void calls_resume(pid_t thread, int request, int signal)
{
    /* Fails only for a thread that was killed; waitpid(2) reports its end. */
    ptrace(REQUEST(request), thread, NULL, (long)signal);
}

/* ---- instead of the program's own call ---- */

/* On ESRCH do not kill: the thread is gone, and its number may already belong to the program that
 * another thread has executed. */
static void stop_for_good(pid_t thread, int error)
{
    if (error != -ESRCH)
        kill(thread, SIGKILL);
}

void calls_decline(pid_t thread, int request)
{
    struct registers registers;
    int result = registers_read(thread, &registers);

    if (result == 0)
        result = registers_skip(thread, &registers, -ENOSYS);
    if (result < 0)
        stop_for_good(thread, result);
    calls_resume(thread, request, 0);
}

static int replace_by_info(pid_t thread, const struct registers_call *call)
{
    struct syscall_info info;

    memset(&info, 0, sizeof info);
    info.op = SYSCALL_INFO_SECCOMP;
    info.number = call->number;
    memcpy(info.arguments, call->arguments, sizeof info.arguments);
    return syscall_info_set(thread, &info);
}

/* Changes the call that the thread is about to make. Linux 6.16 has one request for it. */
static int replace(const struct tracee *tracee, const struct registers_call *call)
{
    static int is_old; /* the kernel lacks the request */
    struct registers registers;
    int result = -EIO;

    if (!is_old)
        result = replace_by_info(tracee->thread, call);
    if (result == 0 || result == -ESRCH)
        return result;
    is_old = is_old || result == -EIO;
    result = registers_read(tracee->thread, &registers);
    return result < 0 ? result : registers_replace(tracee->thread, &registers, tracee->abi, call);
}

struct registers_call calls_exclusive(const struct tracee *tracee)
{
    const uint64_t *const given = tracee->call.arguments;
    struct registers_call call = tracee->call;

    call.number = tracee->abi->numbers[ABI_RENAMEAT2];
    call.arguments[4] = RENAME_NOREPLACE;
    if (tracee->name == ABI_RENAMEAT2)
        call.arguments[4] |= given[4];
    if (tracee->name == ABI_RENAME) {
        call.arguments[0] = call.arguments[2] = (uint32_t)AT_FDCWD;
        call.arguments[1] = given[0];
        call.arguments[3] = given[1];
    }
    return call;
}

int calls_attempt(struct tracee *tracee)
{
    const struct registers_call call = calls_exclusive(tracee);
    int result = 0;

    /* In full width, `call` holds all that changes: registers_restore needs no copy. */
    if (!abi_is_full_width(tracee->abi))
        result = registers_read(tracee->thread, &tracee->registers);
    if (result == 0)
        result = replace(tracee, &call);
    if (result < 0) {
        stop_for_good(tracee->thread, result);
        return result;
    }
    tracee->phase = TRACEE_ATTEMPT;
    tracee->made = call;
    calls_resume(tracee->thread, PTRACE_SYSCALL, 0);
    return 0;
}

int calls_end_attempt(struct tracee *tracee, long *result)
{
    struct registers registers;
    const int error = registers_read(tracee->thread, &registers);

    if (error < 0)
        return error;
    if (!registers_are_at(&registers, tracee->abi, tracee->instruction, tracee->stack))
        return -ESRCH;
    *result = registers_result(&registers, tracee->abi);
    if (abi_is_full_width(tracee->abi)) {
        tracee->registers = registers;
        registers_restore(&tracee->registers, tracee->abi, &tracee->call);
    }
    return 0;
}

static void hear_signals(struct tracee *tracee)
{
    if (tracee->is_deaf)
        ptrace(REQUEST(PTRACE_SETSIGMASK), tracee->thread, sizeof tracee->signals,
               &tracee->signals);
    tracee->is_deaf = 0;
}

int calls_repeat(struct tracee *tracee)
{
    struct registers registers = tracee->registers;
    int result;

    registers_repeat(&registers, tracee->abi, &tracee->call);
    result = registers_write(tracee->thread, &registers);
    if (result < 0) {
        stop_for_good(tracee->thread, result);
        return result;
    }
    hear_signals(tracee);
    tracee->phase = TRACEE_OWN;
    calls_resume(tracee->thread, PTRACE_CONT, 0);
    return 0;
}

/* ---- further calls ---- */

static int hold_signals(struct tracee *tracee)
{
    unsigned long long all = ~(1ULL << (SIGSYS - 1));

    if (tracee->is_deaf)
        return 0;
    if (ptrace(REQUEST(PTRACE_GETSIGMASK), tracee->thread, sizeof all, &tracee->signals) != 0 ||
        ptrace(REQUEST(PTRACE_SETSIGMASK), tracee->thread, sizeof all, &all) != 0)
        return -errno;
    tracee->is_deaf = 1;
    return 0;
}

/* The kernel rolls the registers back for the handler, so the result register holds what was
 * there. */
int calls_is_trapped(const struct tracee *tracee, long result)
{
    struct __ptrace_peeksiginfo_args first = {.nr = 1};
    siginfo_t info;

    return registers_is_rolled_back(&tracee->made, result) &&
           ptrace(REQUEST(PTRACE_PEEKSIGINFO), tracee->thread, &first, &info) == 1 &&
           info.si_signo == SIGSYS;
}

int calls_make(struct tracee *tracee, const struct registers_call *call)
{
    struct registers registers = tracee->registers;
    int result = hold_signals(tracee);

    registers_repeat(&registers, tracee->abi, call);
    if (result == 0)
        result = registers_write(tracee->thread, &registers);
    if (result < 0)
        return result;
    tracee->phase = TRACEE_CALL;
    tracee->made = *call;
    calls_resume(tracee->thread, PTRACE_SYSCALL, 0);
    return 0;
}

/* ---- memory ---- */

static int copy_from(pid_t thread, uint64_t address, char *bytes, size_t size)
{
    while (size > 0) {
        const size_t skipped = (size_t)(address % sizeof(long));
        const size_t rest = sizeof(long) - skipped;
        const size_t part = rest < size ? rest : size;
        char word[sizeof(long)];

        if (syscall(SYS_ptrace, PTRACE_PEEKDATA, thread, address - skipped, word) != 0)
            return -errno;
        memcpy(bytes, word + skipped, part);
        address += part;
        bytes += part;
        size -= part;
    }
    return 0;
}

static int copy_to(pid_t thread, uint64_t address, const char *bytes, size_t size)
{
    while (size > 0) {
        const size_t part = sizeof(long) < size ? sizeof(long) : size;
        long word = 0;

        memcpy(&word, bytes, part);
        if (syscall(SYS_ptrace, PTRACE_POKEDATA, thread, address, word) != 0)
            return -errno;
        address += part;
        bytes += part;
        size -= part;
    }
    return 0;
}

int calls_copy(pid_t thread, uint64_t address, void *bytes, size_t size, int is_write)
{
    return is_write ? copy_to(thread, address, bytes, size)
                    : copy_from(thread, address, bytes, size);
}

/* ---- the end ---- */

void calls_finish(struct tracee *tracee, long result)
{
    struct registers registers = tracee->registers;

    registers_set_result(&registers, tracee->abi, result);
    if (registers_write(tracee->thread, &registers) == -EIO)
        kill(tracee->thread, SIGKILL);
    hear_signals(tracee);
    if (tracee->is_owed_sigsys)
        kill(tracee->thread, SIGSYS);
    calls_resume(tracee->thread, PTRACE_CONT, 0);
    tracee_remove(tracee);
}

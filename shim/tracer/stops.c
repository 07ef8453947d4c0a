/* SPDX-License-Identifier: MIT */
/*
 * Only a thread inside a rename has a state (tracer/tracee.h) and stops at the end of system calls.
 * All others continue at once from every stop.
 */
#include "tracer/stops.h"

#include <errno.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/exclusive.h"
#include "tracer/calls.h"
#include "tracer/debugger.h"
#include "tracer/filter.h"
#include "tracer/pending.h"
#include "tracer/syscall_info.h"

#define IN_SYSCALL (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */

/* How a thread continues after a stop that has nothing to do with its call. */
static int request_for(pid_t thread)
{
    return tracee_find(thread) ? PTRACE_SYSCALL : PTRACE_CONT;
}

/* ---- before a call that the filter stops ---- */

static unsigned flags_of(const struct tracee *tracee)
{
    return tracee->name == ABI_RENAMEAT2 ? (unsigned)tracee->call.arguments[4] : 0;
}

static int has_unknown_flags(const struct tracee *tracee)
{
    const unsigned known = RENAME_NOREPLACE | RENAME_WHITEOUT;

    return (flags_of(tracee) & ~known) != 0;
}

static void fill(struct tracee *tracee, const struct syscall_info *info)
{
    tracee->call.number = (unsigned)info->number;
    for (unsigned i = 0; i < 6; i++)
        tracee->call.arguments[i] = info->arguments[i];
    tracee->instruction = info->instruction;
    tracee->stack = info->stack;
}

static void begin(const struct policy *policy, pid_t thread, const struct syscall_info *info,
                  const struct abi *abi, enum abi_call name)
{
    struct tracee *const tracee = tracee_add(thread);

    if (!tracee) {
        kill(thread, SIGKILL); /* out of memory: no rename gets past */
        return;
    }
    tracee->abi = abi;
    tracee->name = name;
    fill(tracee, info);
    if (policy->mode == POLICY_OFF || has_unknown_flags(tracee)) {
        tracee_remove(tracee);
        calls_resume(thread, PTRACE_CONT, 0);
    } else if (calls_attempt(tracee) < 0) {
        tracee_remove(tracee);
    }
}

/* Our filter has stopped a call of a thread that has no state yet. */
static void on_call(const struct policy *policy, pid_t thread, const struct syscall_info *info)
{
    enum abi_call name = ABI_CALLS;
    const struct abi *const abi = abi_find(info->architecture, info->number, &name);

    if (abi && name <= ABI_RENAMEAT2) {
        begin(policy, thread, info, abi, name);
        return;
    }
    if (name == ABI_PTRACE)
        debugger_notice(thread, info->arguments[0], (pid_t)info->arguments[1]);
    calls_resume(thread, PTRACE_CONT, 0);
}

/* Whether the thread is about to repeat the call that was decided. */
static int is_same_call(const struct tracee *tracee, const struct syscall_info *info)
{
    return info->number == tracee->call.number && info->stack == tracee->stack &&
           memcmp(info->arguments, tracee->call.arguments, sizeof info->arguments) == 0;
}

/* Lets the call pass if it is the one that was decided: returns 1. Any other call: returns 0. */
static int pass_own(struct tracee *tracee, const struct syscall_info *info)
{
    const int is_own = info->data == FILTER_MARK && is_same_call(tracee, info);

    if (is_own)
        calls_resume(tracee->thread, PTRACE_CONT, 0);
    tracee_remove(tracee);
    return is_own;
}

static void on_filter(const struct policy *policy, pid_t thread)
{
    struct tracee *const tracee = tracee_find(thread);
    struct syscall_info info;
    int request;

    if (syscall_info_get(thread, &info) < 0 || info.op != SYSCALL_INFO_SECCOMP)
        return; /* it was killed, or another thread that called execve(2) has its number now */
    if (tracee && tracee->phase == TRACEE_OWN && pass_own(tracee, &info))
        return;
    request = request_for(thread);
    if (info.data != FILTER_MARK)
        calls_decline(thread, request);
    else if (request == PTRACE_SYSCALL) /* a system call made in it */
        calls_resume(thread, request, 0);
    else
        on_call(policy, thread, &info);
}

/* ---- at the end of a call ---- */

static void end_attempt(struct tracee *tracee, long result)
{
    const int is_wish = result == EXCLUSIVE_EXISTS && (flags_of(tracee) & RENAME_NOREPLACE) != 0;
    const int is_absent = result == -ENOSYS && tracee->abi->is_optional;

    if (is_wish || is_absent || exclusive_is_final(result))
        calls_finish(tracee, result);
    else
        pending_begin(tracee, result);
}

/* A filter of the program's own has trapped our call: treat it as ENOSYS, but take its SIGSYS
 * first. */
static void await_trap(struct tracee *tracee)
{
    tracee->is_trapped = 1;
    calls_resume(tracee->thread, PTRACE_SYSCALL, 0);
}

static void on_trap(struct tracee *tracee)
{
    tracee->is_trapped = 0;
    if (tracee->phase == TRACEE_ATTEMPT)
        end_attempt(tracee, -ENOSYS);
    else
        pending_answer(tracee, -ENOSYS);
}

/* After the filter's stop, the next one is at the end of the call. */
static void on_attempt(struct tracee *tracee)
{
    long result;

    if (calls_end_attempt(tracee, &result) < 0)
        return; /* it was killed: waitpid(2) reports its end */
    if (calls_is_trapped(tracee, result))
        await_trap(tracee);
    else
        end_attempt(tracee, result);
}

/* Whether a signal has interrupted the call and the kernel will restart it (ERESTARTSYS and its
 * like, -512 to -516): the worker waits for the next end. */
static int is_restart(const struct syscall_info *info)
{
    return info->op == SYSCALL_INFO_EXIT && info->result <= -512 && info->result >= -516;
}

static void on_syscall(pid_t thread)
{
    struct tracee *const tracee = tracee_find(thread);
    struct syscall_info info;

    if (tracee && tracee->phase == TRACEE_ATTEMPT) {
        on_attempt(tracee);
        return;
    }
    if (!tracee || syscall_info_get(thread, &info) < 0 || info.op != SYSCALL_INFO_EXIT) {
        calls_resume(thread, tracee ? PTRACE_SYSCALL : PTRACE_CONT, 0);
        return;
    }
    if (is_restart(&info))
        calls_resume(thread, PTRACE_SYSCALL, 0);
    else if (calls_is_trapped(tracee, (long)info.result))
        await_trap(tracee);
    else
        pending_answer(tracee, (long)info.result);
}

/* ---- the other stops ---- */

static void forget(pid_t thread)
{
    struct tracee *const tracee = tracee_find(thread);

    if (tracee)
        pending_abandon(tracee);
    tracee_remove(tracee);
}

/*
 * A thread is detached before it becomes a zombie. Its parent could not wait for the zombie of a
 * traced process until the tracer had, although its pidfd is readable at once. So a parent that
 * polls the pidfd and then calls waitid(P_PIDFD, WNOHANG) would find nothing; GLib takes that for
 * success.
 */
static void on_end(pid_t thread)
{
    forget(thread);
    ptrace(PTRACE_DETACH, thread, NULL, 0L); /* ESRCH: a SIGKILL came first */
}

/* execve(2) has ended all other threads, and the one that called it (`former`) now has the number
 * of the process. */
static void on_exec(pid_t thread)
{
    unsigned long former = 0;

    if (ptrace(PTRACE_GETEVENTMSG, thread, NULL, &former) == 0)
        forget((pid_t)former);
    forget(thread);
}

static int is_group_stop(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void on_event(const struct policy *policy, pid_t thread, int event, int signal)
{
    switch (event) {
    case PTRACE_EVENT_SECCOMP: on_filter(policy, thread); return;
    case PTRACE_EVENT_STOP:
        if (is_group_stop(signal)) {
            calls_resume(thread, PTRACE_LISTEN, 0);
            return;
        }
        break;
    case PTRACE_EVENT_EXEC: on_exec(thread); break;
    case PTRACE_EVENT_EXIT: on_end(thread); return;
    default: break;
    }
    calls_resume(thread, request_for(thread), 0);
}

/* A verdict is void once anything else has happened before the repeated call, such as a signal: its
 * handler may jump elsewhere. */
static void expire(pid_t thread)
{
    struct tracee *const tracee = tracee_find(thread);

    if (tracee && tracee->phase == TRACEE_OWN)
        tracee_remove(tracee);
}

/* The thread is about to get a signal. SIGSYS, which is never blocked, waits until our calls are
 * over. */
static void on_signal(pid_t thread, int signal)
{
    struct tracee *const tracee = tracee_find(thread);
    const int is_held = tracee && tracee->is_deaf && signal == SIGSYS;

    if (tracee && tracee->is_trapped && signal == SIGSYS) {
        on_trap(tracee);
        return;
    }
    if (is_held)
        tracee->is_owed_sigsys = 1;
    calls_resume(thread, request_for(thread), is_held ? 0 : signal);
}

void stops_handle(const struct policy *policy, pid_t thread, int status)
{
    const int event = status >> 16;

    if (event != PTRACE_EVENT_SECCOMP)
        expire(thread);
    if (!WIFSTOPPED(status))
        forget(thread);
    else if (event != 0)
        on_event(policy, thread, event, WSTOPSIG(status));
    else if (WSTOPSIG(status) == IN_SYSCALL)
        on_syscall(thread);
    else
        on_signal(thread, WSTOPSIG(status));
}

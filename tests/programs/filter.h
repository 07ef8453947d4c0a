/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FILTER_H
#define NOCLOBBER_TESTS_FILTER_H

/*
 * A seccomp filter, without libseccomp, under which some system calls fail, as under container
 * profiles, or kill the process. It checks only the number: all programs for which it is meant have
 * one architecture. A single request of ptrace(2) can fail: `ptrace:0x4212=EIO`, as on kernels that
 * lack it.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define FILTER_MAX 16

/* In place of an errno: kill the process; stop for a tracer, or ENOSYS without one; SIGSYS. */
#define FILTER_KILL 0x10000
#define FILTER_TRACE 0x20000
#define FILTER_TRAP 0x40000

struct filter {
    unsigned count;
    struct {
        long number;
        long request; /* the first argument, or -1 for all */
        int error;
    } answers[FILTER_MAX];
};

/* Whether `word`, `length` bytes long, is `name`. */
static inline int filter_is(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(word, name, length) == 0;
}

static inline long filter_number(const char *word, size_t length)
{
    static const struct {
        const char *name;
        long number;
    } calls[] = {
#ifdef SYS_renameat
        {"renameat", SYS_renameat},
#endif
        {"renameat2", SYS_renameat2},
        {"linkat", SYS_linkat},
        {"mkdirat", SYS_mkdirat},
        {"unlinkat", SYS_unlinkat},
        {"statx", SYS_statx},
        {"signalfd4", SYS_signalfd4},
        {"openat", SYS_openat},
        {"getdents64", SYS_getdents64},
        {"readlinkat", SYS_readlinkat},
        {"openat2", SYS_openat2},
        {"ptrace", SYS_ptrace},
        {"unshare", SYS_unshare},
        {"clone", SYS_clone},
        {"clone3", 435},
        {"mount", SYS_mount},
        {"umount2", SYS_umount2},
        {"setns", SYS_setns},
        {"mount_setattr", 442},
        {"open_tree", 428},
        {"move_mount", 429},
        {"fcntl", SYS_fcntl},
        {"process_vm_readv", SYS_process_vm_readv},
        {"seccomp", SYS_seccomp},
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (filter_is(word, length, calls[i].name))
            return calls[i].number;
    return -1;
}

static inline int filter_error(const char *word, size_t length)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"ENOSYS", ENOSYS},    {"EINVAL", EINVAL},
                  {"EPERM", EPERM},      {"EOPNOTSUPP", EOPNOTSUPP},
                  {"EACCES", EACCES},    {"EMFILE", EMFILE},
                  {"EIO", EIO},          {"EMLINK", EMLINK},
                  {"KILL", FILTER_KILL}, {"TRACE", FILTER_TRACE},
                  {"TRAP", FILTER_TRAP}};

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (filter_is(word, length, errors[i].name))
            return errors[i].error;
    return -1;
}

/* Parses "call=ERROR,call=ERROR…". Returns 0, or -1 for an unknown word. */
static inline int filter_parse(struct filter *filter, const char *text)
{
    filter->count = 0;
    while (*text != '\0' && filter->count < FILTER_MAX) {
        const size_t name = strcspn(text, "=");
        const size_t error = text[name] == '=' ? strcspn(text + name + 1, ",") : 0;
        const size_t call = strcspn(text, ":=");

        if (error == 0)
            return -1;
        filter->answers[filter->count].number = filter_number(text, call);
        filter->answers[filter->count].request =
            text[call] == ':' ? strtol(text + call + 1, NULL, 0) : -1;
        filter->answers[filter->count].error = filter_error(text + name + 1, error);
        if (filter->answers[filter->count].number < 0 || filter->answers[filter->count].error < 0)
            return -1;
        filter->count++;
        text += name + 1 + error;
        text += *text == ',';
    }
    return *text == '\0' ? 0 : -1;
}

static inline unsigned filter_action(int error)
{
    if (error == FILTER_TRACE)
        return SECCOMP_RET_TRACE;
    if (error == FILTER_TRAP)
        return SECCOMP_RET_TRAP;
    return error == FILTER_KILL ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | (unsigned)error;
}

static inline struct sock_filter filter_load(size_t offset)
{
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (__u32)offset);
}

static inline struct sock_filter filter_unless(long value, __u8 skipped)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__u32)value, 0, skipped);
}

/* The offset of the lower half of the first argument. */
static inline size_t filter_request_offset(void)
{
    return offsetof(struct seccomp_data, args) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
}

/* Installs the filter for this thread and what it executes. Returns 0, or -1 with errno. */
static inline int filter_install(const struct filter *filter)
{
    struct sock_filter program[1 + 5 * FILTER_MAX];
    struct sock_fprog whole = {0, program};
    unsigned short at = 0;

    for (unsigned i = 0; i < filter->count; i++) {
        const int any = filter->answers[i].request == -1;

        program[at++] = filter_load(offsetof(struct seccomp_data, nr));
        program[at++] = filter_unless(filter->answers[i].number, any ? 1 : 3);
        if (!any) {
            program[at++] = filter_load(filter_request_offset());
            program[at++] = filter_unless(filter->answers[i].request, 1);
        }
        program[at++] =
            (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, filter_action(filter->answers[i].error));
    }
    program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    whole.len = at;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole);
}

#endif

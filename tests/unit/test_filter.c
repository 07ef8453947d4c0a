/* SPDX-License-Identifier: MIT */
/* The numbers below are written out, from the kernel's tables of each architecture, and not taken from the
 * headers that the filter takes them from. */
#include "tracer/filter.h"

#include "unit/run.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include <errno.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ptrace.h>

#include "unit/bpf.h"

#define PASSES SECCOMP_RET_ALLOW
#define STOPS (SECCOMP_RET_TRACE | FILTER_MARK)
#define FAILS(error) (SECCOMP_RET_ERRNO | (error))
#define LISTENER (1u << 3) /* SECCOMP_FILTER_FLAG_NEW_LISTENER */

struct numbers {
    const char *name;
    unsigned architecture;
    unsigned rename, renameat, renameat2, ptrace, seccomp, uring;
};

#if defined(__x86_64__)
static const struct numbers abis[] = {
    {"x86-64", AUDIT_ARCH_X86_64, 82, 264, 316, 101, 317, 425},
    {"i386", AUDIT_ARCH_I386, 38, 302, 353, 26, 354, 425},
    {"x32", AUDIT_ARCH_X86_64, 0x40000000 | 82, 0x40000000 | 264, 0x40000000 | 316,
     0x40000000 | 521, 0x40000000 | 317, 0x40000000 | 425},
};
#elif defined(__aarch64__)
static const struct numbers abis[] = {
    {"aarch64", AUDIT_ARCH_AARCH64, 0xFFFFFFFF, 38, 276, 117, 277, 425},
    {"arm", AUDIT_ARCH_ARM, 38, 329, 382, 26, 383, 425},
};
#endif

static struct sock_filter program[FILTER_MAX];
static unsigned short length;

static unsigned ask(unsigned architecture, unsigned number, unsigned long long first,
                    unsigned long long second, unsigned long long fifth)
{
    struct seccomp_data data;

    memset(&data, 0, sizeof data);
    data.arch = architecture;
    data.nr = (int)number;
    data.args[0] = first;
    data.args[1] = second;
    data.args[4] = fifth;
    return bpf_run(program, length, &data);
}

static void build(void)
{
    length = filter_build(program);
    ck_assert_uint_gt(length, 0);
    ck_assert_uint_le(length, FILTER_MAX);
}

START_TEST(the_rename_family_stops_but_an_exchange)
{
    const struct numbers *const abi = &abis[_i];
    const unsigned long long high = 0xDEADBEEF00000000ULL; /* no part of the flags */

    build();
    if (abi->rename != 0xFFFFFFFF)
        ck_assert_uint_eq(ask(abi->architecture, abi->rename, 0, 0, 0), STOPS);
    ck_assert_uint_eq(ask(abi->architecture, abi->renameat, 0, 0, 0), STOPS);
    /* renameat has no flags, whatever is in the register of the fifth argument. */
    ck_assert_uint_eq(ask(abi->architecture, abi->renameat, 0, 0, RENAME_EXCHANGE), STOPS);
    for (unsigned flags = 0; flags < 16; flags++) {
        const unsigned wanted = (flags & RENAME_EXCHANGE) ? PASSES : STOPS;

        ck_assert_uint_eq(ask(abi->architecture, abi->renameat2, 0, 0, flags), wanted);
        ck_assert_uint_eq(ask(abi->architecture, abi->renameat2, 0, 0, high | flags), wanted);
    }
    ck_assert_uint_eq(ask(abi->architecture, abi->renameat2, 0, 0, (1ULL << 32) * RENAME_EXCHANGE),
                      STOPS);
}
END_TEST

START_TEST(what_would_get_past_a_tracer_is_answered)
{
    const struct numbers *const abi = &abis[_i];

    build();
    for (unsigned call = 0; call < 3; call++)
        ck_assert_uint_eq(ask(abi->architecture, abi->uring + call, 0, 0, 0), FAILS(ENOSYS));
    ck_assert_uint_eq(ask(abi->architecture, abi->seccomp, 1, LISTENER, 0), FAILS(EBUSY));
    ck_assert_uint_eq(ask(abi->architecture, abi->seccomp, 1, LISTENER | 1, 0), FAILS(EBUSY));
    ck_assert_uint_eq(ask(abi->architecture, abi->seccomp, 1, LISTENER - 1, 0), PASSES);
    for (unsigned request = 0; request < 0x4300; request++) {
        const int begins =
            request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE;

        ck_assert_uint_eq(ask(abi->architecture, abi->ptrace, request, 0, 0),
                          begins ? STOPS : PASSES);
    }
}
END_TEST

/* Whether a number is one of those above, under its architecture. */
static int is_known(unsigned architecture, unsigned number)
{
    for (unsigned i = 0; i < sizeof abis / sizeof *abis; i++) {
        const struct numbers *const abi = &abis[i];

        if (abi->architecture == architecture &&
            (number == abi->rename || number == abi->renameat || number == abi->renameat2 ||
             number == abi->ptrace || number == abi->seccomp ||
             (number >= abi->uring && number < abi->uring + 3)))
            return 1;
    }
    return 0;
}

START_TEST(every_other_number_passes)
{
    static const unsigned bases[] = {0, 0x40000000, 0x80000000, 0xC0000000, 0xFFFFF800};
    const unsigned architecture = abis[_i].architecture;

    build();
    for (unsigned base = 0; base < sizeof bases / sizeof *bases; base++)
        for (unsigned i = 0; i < 2048; i++)
            if (!is_known(architecture, bases[base] + i))
                ck_assert_uint_eq(ask(architecture, bases[base] + i, 0, LISTENER, RENAME_EXCHANGE),
                                  PASSES);
}
END_TEST

START_TEST(an_architecture_that_is_not_known_can_call_nothing)
{
    static const unsigned others[] = {
        AUDIT_ARCH_RISCV64, AUDIT_ARCH_PPC64LE, AUDIT_ARCH_S390X, AUDIT_ARCH_MIPS64, 0, 0xFFFFFFFF};

    build();
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        for (unsigned number = 0; number < 1024; number++)
            ck_assert_uint_eq(ask(others[i], number, 0, 0, 0), FAILS(ENOSYS));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_rename_family_stops_but_an_exchange, 0, ROWS(abis));
    tcase_add_loop_test(tcase, what_would_get_past_a_tracer_is_answered, 0, ROWS(abis));
    tcase_add_loop_test(tcase, every_other_number_passes, 0, ROWS(abis));
    tcase_add_test(tcase, an_architecture_that_is_not_known_can_call_nothing);
}

int main(void)
{
    return run_tests("filter", add);
}

#else
int main(void)
{
    run_skip("the tracer does not know this architecture");
    return 0;
}
#endif

/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_AARCH64_CHECK_H
#define NOCLOBBER_TESTS_AARCH64_CHECK_H

/*
 * As much of the library check as the tracer's unit tests use, for a machine that has only a cross
 * compiler and an emulator, and not that library. A test that fails ends the program.
 */

#include <stdint.h>
#include <string.h>

typedef struct {
    unsigned run;
} TCase;

#define START_TEST(name)                                                                           \
    static void name(int _i)                                                                       \
    {                                                                                              \
        (void)_i;
#define END_TEST }

/* Says where, and ends the program with status 1. */
_Noreturn void check_fail(const char *file, int line, const char *what);
void check_run(TCase *tcase, void (*test)(int), int begin, int end);

#define ck_assert(condition) ((condition) ? (void)0 : check_fail(__FILE__, __LINE__, #condition))
#define ck_abort_msg(...) check_fail(__FILE__, __LINE__, "" #__VA_ARGS__)
#define ck_assert_int_eq(a, b) ck_assert((intmax_t)(a) == (intmax_t)(b))
#define ck_assert_uint_eq(a, b) ck_assert((uintmax_t)(a) == (uintmax_t)(b))
#define ck_assert_uint_gt(a, b) ck_assert((uintmax_t)(a) > (uintmax_t)(b))
#define ck_assert_uint_le(a, b) ck_assert((uintmax_t)(a) <= (uintmax_t)(b))
#define ck_assert_ptr_eq(a, b) ck_assert((const void *)(a) == (const void *)(b))
#define ck_assert_ptr_null(a) ck_assert((a) == NULL)
#define ck_assert_mem_eq(a, b, size) ck_assert(memcmp((a), (b), (size)) == 0)

#define tcase_add_test(tcase, test) check_run((tcase), (test), 0, 1)
#define tcase_add_loop_test(tcase, test, begin, end) check_run((tcase), (test), (begin), (end))

#endif

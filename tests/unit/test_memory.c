/* SPDX-License-Identifier: MIT */
/* The library's own <string.h> against libc's, and never a byte beyond what it was given. */
#define memcpy own_memcpy
#define memset own_memset
#define memcmp own_memcmp
#define bcmp own_bcmp
#define strcmp own_strcmp
#define strlen own_strlen
#include "preload/memory.c" /* NOLINT(bugprone-suspicious-include): under other names than libc's */
#undef memcpy
#undef memset
#undef memcmp
#undef bcmp
#undef strcmp
#undef strlen

#include <string.h>
#include <sys/mman.h>

#include "run.h"

#define PAGE 65536
#define LONGEST 40

/* Two places, each at the end of what may be read: the byte behind is in no page. */
static char *left_end;
static char *right_end;

static char *map_end(void)
{
    char *const pages =
        mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(pages, MAP_FAILED);
    ck_assert_int_eq(munmap(pages + PAGE, PAGE), 0);
    return pages + PAGE;
}

static void map_ends(void)
{
    left_end = map_end();
    right_end = map_end();
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

/* The two last `size` bytes, of which the one at `place` differs by `change`. */
static void fill(size_t size, size_t place, int change)
{
    for (size_t i = 0; i < size; i++)
        (left_end - size)[i] = (right_end - size)[i] = (char)(i * 7 + 120);
    if (place < size)
        (right_end - size)[place] = (char)((right_end - size)[place] + change);
}

START_TEST(bytes_compare_as_unsigned_ones_wherever_they_differ)
{
    for (size_t size = 0; size <= LONGEST; size++)
        for (size_t place = 0; place <= size; place++)
            for (int change = 1; change < 256; change += 127) {
                fill(size, place, change);
                ck_assert_int_eq(sign(own_memcmp(left_end - size, right_end - size, size)),
                                 sign(memcmp(left_end - size, right_end - size, size)));
                ck_assert_int_eq(own_bcmp(left_end - size, right_end - size, size) != 0,
                                 place < size);
            }
}
END_TEST

START_TEST(copies_and_fills_touch_what_they_are_given_and_no_more)
{
    for (size_t size = 0; size < LONGEST; size++) {
        fill(size, size, 0);
        memset(right_end - size - 1, 'x', size + 1);
        ck_assert_ptr_eq(own_memcpy(right_end - size, left_end - size, size), right_end - size);
        ck_assert_int_eq(memcmp(left_end - size, right_end - size, size), 0);
        ck_assert_ptr_eq(own_memset(right_end - size, 0x1FF, size), right_end - size);
        for (size_t i = 0; i < size; i++)
            ck_assert_int_eq((right_end - size)[i], (char)0xFF);
        ck_assert_int_eq((right_end - size)[-1], 'x');
    }
}
END_TEST

static const char *const strings[] = {
    "",       "a",        "b",         "ab",      "abc",
    "\x7f",   "\x80",     "\xff",      "a\x80",   "a\x7f",
    "rename", "renameat", "renameat2", "renameA", "A rather long string of words"};

static char *place(const char *string, char *end)
{
    return memcpy(end - strlen(string) - 1, string, strlen(string) + 1);
}

START_TEST(strings_compare_and_measure_as_in_libc)
{
    for (size_t i = 0; i < ROWS(strings); i++) {
        const char *const one = place(strings[i], left_end);

        ck_assert_uint_eq(own_strlen(one), strlen(strings[i]));
        for (size_t other = 0; other < ROWS(strings); other++)
            ck_assert_int_eq(sign(own_strcmp(one, place(strings[other], right_end))),
                             sign(strcmp(strings[i], strings[other])));
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, map_ends, NULL);
    tcase_add_test(tcase, bytes_compare_as_unsigned_ones_wherever_they_differ);
    tcase_add_test(tcase, copies_and_fills_touch_what_they_are_given_and_no_more);
    tcase_add_test(tcase, strings_compare_and_measure_as_in_libc);
}

int main(void)
{
    return run_tests("memory", add);
}

/* SPDX-License-Identifier: MIT */
/*
 * The functions of <string.h> that the library calls, or that compilers call on their own. Hidden,
 * so that no process has to look them up at its start. They read no byte beyond their arguments.
 */
#include <stddef.h>

#define WORD sizeof(unsigned long)

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *at, int value, size_t size);
int memcmp(const void *one, const void *other, size_t size);
int bcmp(const void *one, const void *other, size_t size);
int strcmp(const char *one, const char *other);
size_t strlen(const char *string);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *const out = to;
    const unsigned char *const in = from;

    for (size_t i = 0; i < size; i++)
        out[i] = in[i];
    return to;
}

void *memset(void *at, int value, size_t size)
{
    unsigned char *const out = at;

    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)value;
    return at;
}

/* Whether two words, of any alignment, are equal. */
static int is_same_word(const unsigned char *one, const unsigned char *other)
{
    unsigned long left;
    unsigned long right;

    __builtin_memcpy(&left, one, WORD);
    __builtin_memcpy(&right, other, WORD);
    return left == right;
}

/* By words, because files are compared with it. */
int memcmp(const void *one, const void *other, size_t size)
{
    const unsigned char *const left = one;
    const unsigned char *const right = other;
    size_t i = 0;

    while (size - i >= WORD && is_same_word(left + i, right + i))
        i += WORD;
    while (i < size && left[i] == right[i])
        i++;
    return i == size ? 0 : left[i] - right[i];
}

/* clang calls this for a memcmp whose result is only compared with 0. */
int bcmp(const void *one, const void *other, size_t size)
{
    return memcmp(one, other, size);
}

int strcmp(const char *one, const char *other)
{
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return (unsigned char)*one - (unsigned char)*other;
}

size_t strlen(const char *string)
{
    size_t length = 0;

    while (string[length] != '\0')
        length++;
    return length;
}

/* ---- for 32-bit processors: what compilers or libgcc, which is linked statically, also need ---- */

#if defined(__i386__)
/* Called if the stack protector finds a damaged stack; ends the process. */
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail_local(void);

void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}
#elif defined(__arm__)
/* Called for a division by zero; there is none in the library. */
_Noreturn void __aeabi_idiv0(void);
_Noreturn void __aeabi_ldiv0(void);

void __aeabi_idiv0(void)
{
    __builtin_trap();
}

void __aeabi_ldiv0(void)
{
    __builtin_trap();
}
#endif

/* SPDX-License-Identifier: MIT */
/*
 * What this library, and a compiler on its own, calls of <string.h>: hidden, so that no start has to
 * look these names up in the host. Nothing here reads a byte beyond what it was given.
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

/* Whether the words at two places, of any alignment, are the same. */
static int is_same_word(const unsigned char *one, const unsigned char *other)
{
    unsigned long left;
    unsigned long right;

    __builtin_memcpy(&left, one, WORD);
    __builtin_memcpy(&right, other, WORD);
    return left == right;
}

/* Whole words first: files are compared with this. */
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

/* clang makes this of a memcmp of which nobody asks the order. */
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

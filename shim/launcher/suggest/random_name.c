/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/random_name.h"

#include <string.h>

#include "core/utf8.h"

enum kind { OTHER, DIGIT, LOWER, UPPER };

/* Not <ctype.h>, which asks the locale. */
static enum kind kind_of(char c)
{
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c >= 'a' && c <= 'z')
        return LOWER;
    return c >= 'A' && c <= 'Z' ? UPPER : OTHER;
}

static int is_hex(char c)
{
    return kind_of(c) == DIGIT || (c >= 'a' && c <= 'f');
}

/* What there is in a run of letters and digits. */
struct run {
    size_t length;
    size_t digits;
    size_t hex;
    size_t changes; /* between letters and digits */
    size_t longest_digits;
    int is_mixed; /* a letter follows a digit */
    int has_upper;
    int has_lower;
};

static struct run look(const char *name, size_t length)
{
    struct run run = {0};
    size_t digits = 0;

    for (size_t i = 0; i < length && kind_of(name[i]) != OTHER; i++) {
        const int is_digit = kind_of(name[i]) == DIGIT;

        digits = is_digit ? digits + 1 : 0;
        run.longest_digits = digits > run.longest_digits ? digits : run.longest_digits;
        run.digits += (size_t)is_digit;
        run.hex += (size_t)is_hex(name[i]);
        run.changes += i > 0 && is_digit != (kind_of(name[i - 1]) == DIGIT);
        run.is_mixed |= i > 0 && !is_digit && kind_of(name[i - 1]) == DIGIT;
        run.has_upper |= kind_of(name[i]) == UPPER;
        run.has_lower |= kind_of(name[i]) == LOWER;
        run.length++;
    }
    return run;
}

/* A process id or a time; a hash; or what mkstemp(3) and its like draw. A version or a year is
 * none of them. */
static int is_random(const struct run *run)
{
    if (run->longest_digits >= 5)
        return 1;
    if (run->length >= 12 && run->hex == run->length && run->digits > 0)
        return 1;
    if (run->length >= 6 && run->is_mixed && run->has_upper && run->has_lower)
        return 1;
    return run->length >= 6 && run->changes >= 3;
}

int random_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const struct run run = look(name + i, length - i);

        if (is_random(&run))
            return 1;
        i += run.length;
    }
    return 0;
}

int random_name_is_shard(const char *name, size_t length)
{
    return length == 2 && is_hex(name[0]) && is_hex(name[1]);
}

/* ---- patterns ---- */

/* Copies one character, which `out` has two bytes for each of. Returns the length in the
 * pattern; `*taken` is that in the name. */
static size_t put_character(const char *name, size_t length, char *out, unsigned *taken)
{
    char bytes[5] = "";
    unsigned code;

    memcpy(bytes, name, length < 4 ? length : 4);
    code = utf8_decode(bytes, taken);
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code & ~0xFFu) == 0xDC00) {
        *out = '?';
        return 1;
    }
    if (strchr("*?[]\\:", *name)) {
        out[0] = '\\';
        out[1] = *name;
        return 2;
    }
    memcpy(out, name, *taken);
    return *taken;
}

/* How much of a random run is the program's own word: the `tmp` of tmpa1b2c3, the `conf` of
 * conf12345. */
static size_t stem(const char *run, size_t length)
{
    size_t letters = 0;

    while (letters < length && kind_of(run[letters]) == LOWER)
        letters++;
    if (letters < 3)
        return 0;
    for (size_t i = letters; i < length; i++) {
        if (kind_of(run[i]) != DIGIT)
            return 3;
    }
    return letters;
}

size_t random_name_pattern(const char *name, size_t length, int is_general, char *out)
{
    size_t used = 0;
    size_t literals = 0;

    for (size_t i = 0; i < length;) {
        const struct run run = look(name + i, length - i);
        const size_t fixed =
            is_general && is_random(&run) ? stem(name + i, run.length) : run.length;
        unsigned taken = 0;

        memcpy(out + used, name + i, fixed);
        used += fixed;
        literals += fixed;
        i += run.length;
        if (fixed < run.length)
            out[used++] = '*';
        if (i < length && kind_of(name[i]) == OTHER) {
            used += put_character(name + i, length - i, out + used, &taken);
            i += taken;
        }
    }
    return is_general && literals == 0 ? random_name_pattern(name, length, 0, out) : used;
}

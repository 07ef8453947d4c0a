/* SPDX-License-Identifier: MIT */
/*
 * core/pattern.h against the obvious matcher.
 *
 * Input: `~` for few different characters or any other, the pattern, a NUL, the path from behind its first slash (what no
 * resolved path has is taken out).
 */
#include "core/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "unit/slow_pattern.h"

/* Takes out of the path what no resolved path has, in place: empty components, `.` and `..`. */
static void resolve(char *path)
{
    char *out = path + 1;
    const char *at = path + 1;

    while (*at != '\0') {
        const size_t length = strcspn(at, "/");
        const char *const next = at + length + (at[length] == '/');

        if (length > 0 && !(at[0] == '.' && (length == 1 || (length == 2 && at[1] == '.')))) {
            if (out > path + 1)
                *out++ = '/';
            memmove(out, at, length);
            out += length;
        }
        at = next;
    }
    *out = '\0';
}

/* Leaves few different characters, so that much matches. */
static void narrow(char *string, const char *alphabet)
{
    const size_t count = strlen(alphabet);

    for (; *string != '\0'; string++)
        *string = alphabet[(unsigned char)*string % count];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const int is_narrow = input_byte(&input) == '~';
    char *const pattern = input_string(&input, SLOW_PATTERN_MAX);
    char *const given = input_string(&input, SLOW_PATH_MAX - 1);
    char *const path = join("/", given);
    const char *fault;

    if (is_narrow) {
        narrow(pattern, "ab/*?[]!-\\\xC3\xA9");
        narrow(path + 1, "aab/\xC3\xA9");
    }
    fault = pattern_fault(pattern, strlen(pattern));
    require(slow_pattern_is_valid(pattern) == !fault,
            "both say the same of what is wrong with a pattern");
    if (!fault) {
        resolve(path);
        require(pattern_match(pattern, path) == slow_pattern_matches(pattern, path),
                "both say the same of a match");
    }
    free(path);
    free(given);
    free(pattern);
    return 0;
}

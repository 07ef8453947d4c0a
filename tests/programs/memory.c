/* SPDX-License-Identifier: MIT */
/*
 * memory ANSWER: with no address space left, a rename without collision works, and one onto a file
 * gets ANSWER, an errno or 0.
 */
#include "host.h"

#include <sys/resource.h>

int main(int count, char **arguments)
{
    const struct rlimit none = {0, 0};

    check(count == 2, "one argument");
    put("new", "new");
    put("old", "old");
    check(setrlimit(RLIMIT_AS, &none) == 0, "a limit");
    expect(0, "new", "vacant");
    expect(0, "vacant", "new");
    expect(atoi(arguments[1]), "new", "old");
    holds("old", atoi(arguments[1]) == 0 ? "new" : "old");
    return 0;
}

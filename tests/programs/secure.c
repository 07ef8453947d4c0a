/* SPDX-License-Identifier: MIT */
/*
 * secure LIBRARY SOURCE DESTINATION: prints a line: whether the process is in secure-execution
 * mode (ld.so(8)), whether LIBRARY is mapped, and the result of rename.
 */
#include "host.h"

#include <sys/auxv.h>

static int is_mapped(const char *library)
{
    char line[4096];
    FILE *const maps = fopen("/proc/self/maps", "re");
    int found = 0;

    check(maps != NULL, "a list of what is mapped");
    while (!found && fgets(line, sizeof line, maps))
        found = strstr(line, library) != NULL;
    fclose(maps);
    return found;
}

int main(int count, char **arguments)
{
    int answer;

    check(count == 4, "three arguments");
    errno = UNTOUCHED;
    answer = answer_of(rename(arguments[2], arguments[3]), arguments[3]);
    printf("secure=%d mapped=%d answer=%d\n", getauxval(AT_SECURE) != 0, is_mapped(arguments[1]),
           answer);
    return 0;
}

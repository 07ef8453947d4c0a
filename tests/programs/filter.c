/* SPDX-License-Identifier: MIT */
/* filter CALL[:REQUEST]=ERROR[,…] COMMAND [ARGUMENT…]: runs a command whose system calls fail with
 * these errors. */
#include "filter.h"

#include <stdio.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct filter filter;

    if (count < 3 || filter_parse(&filter, arguments[1]) < 0) {
        fputs("usage: filter CALL=ERROR[,...] COMMAND [ARGUMENT...]\n", stderr);
        return 125;
    }
    if (filter_install(&filter) < 0) {
        perror("filter");
        return 125;
    }
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    return 127;
}

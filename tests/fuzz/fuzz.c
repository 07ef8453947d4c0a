/* SPDX-License-Identifier: MIT */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/slow_pattern.h"

unsigned input_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static char *copy(const uint8_t *bytes, size_t length)
{
    char *const string = malloc(length + 1);

    require(string != NULL, "there is memory");
    memcpy(string, bytes, length);
    string[length] = '\0';
    return string;
}

char *input_string(struct input *input, size_t most)
{
    const size_t room = input->left < most ? input->left : most;
    const size_t length = strnlen((const char *)input->at, room);
    char *const string = copy(input->at, length);
    const size_t used = length < input->left ? length + (input->at[length] == '\0') : length;

    input->at += used;
    input->left -= used;
    return string;
}

char *input_rest(struct input *input, size_t *length)
{
    *length = input->left;
    input->left = 0;
    return copy(input->at, *length);
}

void require(int holds, const char *what)
{
    if (holds)
        return;
    dprintf(STDERR_FILENO, "\nrequired: %s\n", what);
    abort();
}

char *join(const char *one, const char *two)
{
    char *both;

    require(asprintf(&both, "%s%s", one, two) >= 0, "there is memory");
    return both;
}

const char *memory_file(const char *bytes, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size,
            "a file in memory can be written");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

int enter_folder(char *path)
{
    const char *const parent = getenv("TMPDIR");
    const int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *const name = join(parent ? parent : "/tmp", "/fuzz.XXXXXX");

    require(mkdtemp(name) && realpath(name, path) && chdir(path) == 0, "there is a folder");
    free(name);
    return before;
}

int is_printable_utf8(const char *bytes, size_t size)
{
    size_t length;

    for (size_t at = 0; at < size; at += length) {
        const unsigned code = slow_character(bytes + at, size - at, &length);

        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0xDC00 && code <= 0xDFFF) ||
            code == 0x2028 || code == 0x2029)
            return 0;
    }
    return 1;
}

void hush(void)
{
    static FILE *nowhere;

    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    require(nowhere != NULL, "/dev/null can be opened");
    stderr = nowhere;
}

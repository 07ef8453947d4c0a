/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FUZZ_H
#define NOCLOBBER_TESTS_FUZZ_H

/* What the fuzz targets share. Each is one file and one libFuzzer program, built with AddressSanitizer and
 * UndefinedBehaviorSanitizer; what it requires of the code stands in require() and is the reason for the target. */

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry: 0. Given back nothing of `data`, which is read only. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of an input. */
struct input {
    const uint8_t *at;
    size_t left;
};

/* The next byte; 0 where there is none left. */
unsigned input_byte(struct input *input);

/* The next part, up to a NUL or the end, `most` bytes at most, as a string on the heap of exactly its size, so that
 * AddressSanitizer sees who reads behind it. The caller frees it. */
char *input_string(struct input *input, size_t most);

/* The same of all that is left, NULs included, with one NUL behind it. */
char *input_rest(struct input *input, size_t *length);

/* Ends the program with a message where `holds` is 0. */
void require(int holds, const char *what);

/* A string on the heap, or the end of the program. */
char *join(const char *one, const char *two);

/* Makes /proc/self/fd/N a file of these bytes; that path, in static storage, valid until the next call. */
const char *memory_file(const char *bytes, size_t size);

/* Makes a folder below TMPDIR, writes its real path (PATH_MAX bytes at most) to `path`, and changes to it. Returns a descriptor of
 * the folder that was the current one: that of libFuzzer's corpus, so it is to be again after each input. */
int enter_folder(char *path);

/* Whether the bytes are UTF-8 and no character a control: 1 or 0. */
int is_printable_utf8(const char *bytes, size_t size);

/* What the code under test says on stderr goes nowhere; libFuzzer and the sanitizers still have theirs. */
void hush(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * launcher/options.h: any command line is taken apart or refused, and the command's own words are left to it.
 *
 * Input: the words behind the program's name, each with a NUL behind it.
 */
#include "launcher/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#define WORDS_MAX 24

static int is_word(const char *value, char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (value >= words[i] && value <= words[i] + strlen(words[i]))
            return 1;
    return 0;
}

static void require_parts(const struct options *options, char **words, int count)
{
    const char *const values[] = {options->policy_file, options->report_file};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        require(!values[i] || is_word(values[i], words, count), "a value is one of the words");
    for (size_t i = 0; i < options->given_count; i++) {
        const struct options_value *const given = &options->given[i];

        require(given->setting->variable != VARIABLE_NONE, "what is kept is policy");
        require(!given->setting->argument == !given->value &&
                    (!given->value || is_word(given->value, words, count)),
                "a value is one of the words");
    }
    require(options->refused_status >= 0 && options->refused_status <= 255, "a status is a byte");
    require(options->arguments > words && options->arguments <= words + count &&
                words[count] == NULL,
            "the command is the rest");
    require(options->action != OPTIONS_EXPLAIN || options->arguments[0], "--explain has a path");
}

/* What stands behind `--` is never an option, nor is what follows the first word that is none. */
static void require_left_alone(const struct options *options, char **words, int count)
{
    int first = 1;

    while (first < count && words[first][0] == '-' && strcmp(words[first], "--") != 0)
        first++;
    if (options->action < OPTIONS_VERSION && first == 1 && count > 1)
        require(options->arguments == words + 1 + (strcmp(words[1], "--") == 0),
                "a command alone has no options");
    for (char **word = options->arguments; *word; word++)
        require(is_word(*word, words, count), "the command's words are whole");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct options options;
    char *words[WORDS_MAX + 1];
    char *kept[WORDS_MAX];
    int count = 0;
    int result;

    hush();
    words[count++] = join("noclobber", "");
    while (input.left > 0 && count < WORDS_MAX)
        words[count++] = input_string(&input, 4096);
    words[count] = NULL;
    memcpy(kept, words, sizeof kept);
    optind = 0; /* what getopt(3) was in the middle of, it forgets */
    getopt(1, words, "+");
    result = options_parse(count, words, &options);
    require(result == 0 || result == -EINVAL, "taken apart, or refused");
    if (result == 0) {
        require_parts(&options, words, count);
        require_left_alone(&options, words, count);
    }
    options_free(&options);
    require(memcmp(kept, words, (size_t)count * sizeof *words) == 0, "no word is moved");
    while (count > 0)
        free(kept[--count]);
    return 0;
}

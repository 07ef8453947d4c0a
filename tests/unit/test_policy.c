/* SPDX-License-Identifier: MIT */
#include "core/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/run.h"

static char storage[POLICY_STORAGE_SIZE];

/* The patterns of a list, each followed by a blank. */
static const char *list(const struct policy_patterns *patterns)
{
    static char out[512];
    const char *pattern = patterns->first;

    out[0] = '\0';
    for (size_t i = 0; i < patterns->count; i++) {
        strcat(strcat(out, pattern), " ");
        pattern += strlen(pattern) + 1;
    }
    return out;
}

/* What a policy says, as one line to compare with. */
static const char *describe(const struct policy *policy)
{
    static const char *const modes[] = {"enforce", "audit", "off"};
    static const char *const refusals[] = {"error", "exit"};
    static const char *const fallbacks[] = {"emulate", "refuse"};
    static char out[2048];
    int used = snprintf(out, sizeof out, "%s %s %s if%u protect:%s", modes[policy->mode],
                        refusals[policy->on_refusal], fallbacks[policy->fallback], policy->allow_if,
                        list(&policy->protect));

    snprintf(out + used, sizeof out - (size_t)used, "allow:%slog:%s%s%s%s", list(&policy->allow),
             policy->log ? policy->log : "none", policy->report ? " report:" : "",
             policy->report ? policy->report : "", policy->is_fallen_back ? " fallen back" : "");
    return out;
}

#define DEFAULT "enforce error emulate if0 protect:allow:log:none"
#define STRICT DEFAULT " fallen back"

/* ---- environments ---- */

#define VARIABLES_MAX 8

static const struct {
    const char *name;
    const char *environment[VARIABLES_MAX];
    const char *policy;
    const char *says; /* part of the message; NULL: there is none */
} rows[] = {
    {"nothing set", {NULL}, DEFAULT, NULL},
    {"nothing of ours", {"HOME=/", "PATH=/bin"}, DEFAULT, NULL},
    {"a longer name before ours", {"XNOCLOBBER_MODE=off"}, DEFAULT, NULL},
    {"our name without value", {"NOCLOBBER_MODE"}, DEFAULT, NULL},
    {"the prefix alone", {"NOCLOBBER_"}, DEFAULT, NULL},
    {"a shorter name than the prefix", {"NOCLOBBER=off", "NOCL", ""}, DEFAULT, NULL},

    {"enforce", {"NOCLOBBER_MODE=enforce"}, DEFAULT, NULL},
    {"audit", {"NOCLOBBER_MODE=audit"}, "audit error emulate if0 protect:allow:log:none", NULL},
    {"off", {"NOCLOBBER_MODE=off"}, "off error emulate if0 protect:allow:log:none", NULL},
    {"mode empty", {"NOCLOBBER_MODE="}, DEFAULT, NULL},
    {"mode in capitals", {"NOCLOBBER_MODE=OFF"}, STRICT, "enforce, audit or off"},
    {"mode with a blank", {"NOCLOBBER_MODE=off "}, STRICT, "MODE 'off '"},
    {"mode cut short", {"NOCLOBBER_MODE=of"}, STRICT, "MODE 'of'"},

    {"protect one",
     {"NOCLOBBER_PROTECT=/srv/dist/"},
     "enforce error emulate if0 protect:/srv/dist/ allow:log:none",
     NULL},
    {"protect three",
     {"NOCLOBBER_PROTECT=/srv/dist/:*.deb:a"},
     "enforce error emulate if0 protect:/srv/dist/ *.deb a allow:log:none",
     NULL},
    {"protect with an escaped colon",
     {"NOCLOBBER_PROTECT=/a\\:b:/c"},
     "enforce error emulate if0 protect:/a\\:b /c allow:log:none",
     NULL},
    {"protect with an escaped backslash before a colon",
     {"NOCLOBBER_PROTECT=/a\\\\:b"},
     "enforce error emulate if0 protect:/a\\\\ b allow:log:none",
     NULL},
    {"protect with a colon in a set, escaped",
     {"NOCLOBBER_PROTECT=/[a\\:]"},
     "enforce error emulate if0 protect:/[a\\:] allow:log:none",
     NULL},
    {"protect with a colon in a set", {"NOCLOBBER_PROTECT=/[a:]"}, STRICT, "PROTECT '/[a':"},
    {"protect empty", {"NOCLOBBER_PROTECT="}, STRICT, "must name a pattern"},
    {"protect only a colon", {"NOCLOBBER_PROTECT=:"}, STRICT, "a pattern is empty"},
    {"protect with a colon in front", {"NOCLOBBER_PROTECT=:/a"}, STRICT, "a pattern is empty"},
    {"protect with a colon behind", {"NOCLOBBER_PROTECT=/a:"}, STRICT, "a pattern is empty"},
    {"protect with two colons", {"NOCLOBBER_PROTECT=/a::/b"}, STRICT, "a pattern is empty"},
    {"protect ends in an escape", {"NOCLOBBER_PROTECT=/a\\"}, STRICT, "PROTECT '/a\\\\'"},
    {"the message names the one bad pattern",
     {"NOCLOBBER_PROTECT=/a:./b:/c"},
     STRICT,
     "PROTECT './b': "},

    {"protect with a blank behind a colon",
     {"NOCLOBBER_PROTECT=/a/: /b/"},
     STRICT,
     "PROTECT ' /b/': a stray"},
    {"protect with a carriage return",
     {"NOCLOBBER_PROTECT=/a/\r"},
     STRICT,
     "PROTECT '/a/\\u000d': a stray"},
    {"protect by lines", {"NOCLOBBER_PROTECT=/a/\n/b/\n"}, STRICT, "a stray"},
    {"protect in quotes", {"NOCLOBBER_PROTECT=\"/a/:/b/\""}, STRICT, "PROTECT '\\\"/a/': a stray"},
    {"protect at home", {"NOCLOBBER_PROTECT=/a/:~/b/"}, STRICT, "PROTECT '~/b/': a stray"},
    {"allow with a blank", {"NOCLOBBER_ALLOW=*.log "}, STRICT, "ALLOW '*.log ': a stray"},
    {"log with a carriage return",
     {"NOCLOBBER_LOG=/log\r"},
     STRICT,
     "LOG '/log\\u000d': must be an absolute path"},
    {"log with a blank at the end",
     {"NOCLOBBER_LOG=/log "},
     STRICT,
     "LOG '/log ': must be an absolute path"},
    {"log with a blank within",
     {"NOCLOBBER_LOG=/a log"},
     "enforce error emulate if0 protect:allow:log:/a log",
     NULL},
    {"the command's own variable", {"NOCLOBBER_LIBRARY=/x/y.so"}, DEFAULT, NULL},
    {"the command's own variable, empty", {"NOCLOBBER_LIBRARY="}, DEFAULT, NULL},

    {"allow",
     {"NOCLOBBER_ALLOW=*.log:tmp/"},
     "enforce error emulate if0 protect:allow:*.log tmp/ log:none",
     NULL},
    {"allow empty", {"NOCLOBBER_ALLOW="}, DEFAULT, NULL},
    {"allow with a fault", {"NOCLOBBER_ALLOW=*.log:"}, STRICT, "ALLOW '': a pattern is empty"},
    {"a bad allow drops protect too",
     {"NOCLOBBER_PROTECT=/a", "NOCLOBBER_ALLOW=a//b"},
     STRICT,
     "ALLOW 'a//b'"},

    {"same", {"NOCLOBBER_ALLOW_IF=same"}, "enforce error emulate if1 protect:allow:log:none", NULL},
    {"all three conditions",
     {"NOCLOBBER_ALLOW_IF=symlink,same,empty,same"},
     "enforce error emulate if7 protect:allow:log:none",
     NULL},
    {"conditions empty", {"NOCLOBBER_ALLOW_IF="}, DEFAULT, NULL},
    {"a condition unknown",
     {"NOCLOBBER_ALLOW_IF=same,equal"},
     STRICT,
     "ALLOW_IF 'equal': must be a list of"},
    {"a condition empty", {"NOCLOBBER_ALLOW_IF=same,"}, STRICT, "ALLOW_IF '': must"},
    {"conditions separated by colons", {"NOCLOBBER_ALLOW_IF=same:empty"}, STRICT, "'same:empty'"},

    {"refusal error", {"NOCLOBBER_ON_REFUSAL=error"}, DEFAULT, NULL},
    {"refusal exit",
     {"NOCLOBBER_ON_REFUSAL=exit"},
     "enforce exit emulate if0 protect:allow:log:none",
     NULL},
    {"refusal empty", {"NOCLOBBER_ON_REFUSAL="}, DEFAULT, NULL},
    {"refusal unknown means the strictest",
     {"NOCLOBBER_ON_REFUSAL=abort"},
     "enforce exit emulate if0 protect:allow:log:none fallen back",
     "must be error or exit"},

    {"fallback emulate", {"NOCLOBBER_FALLBACK=emulate"}, DEFAULT, NULL},
    {"fallback refuse",
     {"NOCLOBBER_FALLBACK=refuse"},
     "enforce error refuse if0 protect:allow:log:none",
     NULL},
    {"fallback unknown means the strictest",
     {"NOCLOBBER_FALLBACK=none"},
     "enforce error refuse if0 protect:allow:log:none fallen back",
     "must be emulate or refuse"},

    {"log to a file",
     {"NOCLOBBER_LOG=/var/log/a:b\\c"},
     "enforce error emulate if0 protect:allow:log:/var/log/a:b\\c",
     NULL},
    {"log to stderr", {"NOCLOBBER_LOG=-"}, "enforce error emulate if0 protect:allow:log:-", NULL},
    {"log empty", {"NOCLOBBER_LOG="}, DEFAULT, NULL},
    {"log relative", {"NOCLOBBER_LOG=log"}, STRICT, "must be an absolute path"},
    {"log minus and more", {"NOCLOBBER_LOG=-x"}, STRICT, "must be an absolute path"},
    {"report",
     {"NOCLOBBER_REPORT=/run/r"},
     "enforce error emulate if0 protect:allow:log:none report:/run/r",
     NULL},
    {"report to stderr", {"NOCLOBBER_REPORT=-"}, STRICT, "REPORT '-': must be an absolute path"},
    {"report empty", {"NOCLOBBER_REPORT="}, DEFAULT, NULL},
    {"the log stays where another variable is wrong",
     {"NOCLOBBER_LOG=/l", "NOCLOBBER_MODE=x", "NOCLOBBER_ON_REFUSAL=exit"},
     "enforce exit emulate if0 protect:allow:log:/l fallen back",
     "MODE 'x'"},

    {"a name misspelt",
     {"NOCLOBBER_PROTEKT=/a"},
     STRICT,
     "NOCLOBBER_PROTEKT '/a': unknown variable"},
    {"a name misspelt, empty", {"NOCLOBBER_PROTEKT="}, STRICT, "unknown variable"},
    {"a name cut short", {"NOCLOBBER_PROTEC=/a"}, STRICT, "unknown variable"},
    {"a name too long", {"NOCLOBBER_ALLOW_IFS=same"}, STRICT, "unknown variable"},
    {"a name in small letters", {"NOCLOBBER_mode=off"}, STRICT, "unknown variable"},
    {"a misspelt name drops what would let through",
     {"NOCLOBBER_MODE=off", "NOCLOBBER_PROTECT=/a", "NOCLOBBER_ALLOWS=b"},
     STRICT,
     "NOCLOBBER_ALLOWS"},

    {"the first of two counts",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_MODE=off"},
     "audit error emulate if0 protect:allow:log:none",
     NULL},
    {"the second of two is not even read",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_MODE=nonsense"},
     "audit error emulate if0 protect:allow:log:none",
     NULL},
    {"the first of two patterns counts",
     {"NOCLOBBER_PROTECT=/a", "HOME=/", "NOCLOBBER_PROTECT=/b"},
     "enforce error emulate if0 protect:/a allow:log:none",
     NULL},
    {"a name that begins another is no repetition",
     {"NOCLOBBER_ALLOW_IF=same", "NOCLOBBER_ALLOW=b"},
     "enforce error emulate if1 protect:allow:b log:none",
     NULL},
    {"the first of two faults is told",
     {"NOCLOBBER_MODE=x", "NOCLOBBER_FALLBACK=y"},
     "enforce error refuse if0 protect:allow:log:none fallen back",
     "MODE 'x'"},

    {"everything",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_PROTECT=/a:/b/", "NOCLOBBER_ALLOW=c",
      "NOCLOBBER_ALLOW_IF=empty", "NOCLOBBER_ON_REFUSAL=exit", "NOCLOBBER_FALLBACK=refuse",
      "NOCLOBBER_LOG=/l"},
     "audit exit refuse if4 protect:/a /b/ allow:c log:/l",
     NULL},
};

/* The row's environment, in memory that may be overwritten. */
static char **copy_environment(int row)
{
    char **const copy = calloc(VARIABLES_MAX + 1, sizeof *copy);

    for (int i = 0; i < VARIABLES_MAX && rows[row].environment[i]; i++)
        copy[i] = strdup(rows[row].environment[i]);
    return copy;
}

static const char *message(const struct policy_error *error)
{
    static char out[POLICY_MESSAGE_MAX + 1];

    out[policy_error_message(error, out, POLICY_MESSAGE_MAX)] = '\0';
    return out;
}

START_TEST(an_environment_makes_a_policy)
{
    char **const environment = copy_environment(_i);
    struct policy policy;
    struct policy_error error;
    const int result = policy_parse(&policy, environment, storage, sizeof storage, &error);

    ck_assert_msg(result == (rows[_i].says ? -EINVAL : 0), "%s: %d", rows[_i].name, result);
    if (rows[_i].says)
        ck_assert_msg(strstr(message(&error), rows[_i].says), "%s: %s", rows[_i].name,
                      message(&error));
    for (char **variable = environment; *variable; variable++) {
        memset(*variable, 'X', strlen(*variable));
        free(*variable);
    }
    free(environment);
    ck_assert_msg(strcmp(describe(&policy), rows[_i].policy) == 0, "%s: %s", rows[_i].name,
                  describe(&policy));
}
END_TEST

/* ---- size ---- */

static int parse_one(struct policy *policy, const char *variable, size_t size)
{
    char *const copy = strdup(variable);
    char *const environment[] = {copy, NULL};
    struct policy_error error = {NULL, NULL, 0, NULL};
    const int result = policy_parse(policy, environment, storage, size, &error);

    if (result == -E2BIG)
        ck_assert_ptr_nonnull(strstr(message(&error), "128 KiB"));
    free(copy);
    return result;
}

static const struct {
    const char *name;
    const char *variable;
    size_t needs;
} sizes[] = {
    {"one pattern", "NOCLOBBER_PROTECT=/srv/dist/", 11},
    {"two patterns", "NOCLOBBER_PROTECT=/a:/bc", 7},
    {"exceptions", "NOCLOBBER_ALLOW=/a:/b:c", 8},
    {"a log", "NOCLOBBER_LOG=/log", 5},
    {"a report", "NOCLOBBER_REPORT=/report", 8},
};

START_TEST(storage_may_be_full_to_the_last_byte)
{
    struct policy policy;

    ck_assert_msg(parse_one(&policy, sizes[_i].variable, sizes[_i].needs) == 0, "%s",
                  sizes[_i].name);
    ck_assert_msg(!policy.is_fallen_back, "%s", sizes[_i].name);
    for (size_t size = 0; size < sizes[_i].needs; size++) {
        memset(storage, 'X', sizeof storage);
        ck_assert_msg(parse_one(&policy, sizes[_i].variable, size) == -E2BIG, "%s in %zu",
                      sizes[_i].name, size);
        ck_assert_msg(strcmp(describe(&policy), STRICT) == 0, "%s in %zu: %s", sizes[_i].name, size,
                      describe(&policy));
        ck_assert_msg(storage[size] == 'X', "%s in %zu: written beyond", sizes[_i].name, size);
    }
}
END_TEST

/* "NOCLOBBER_PROTECT=/0000:/0001:…": `count` patterns of 6 bytes. */
static char *many(unsigned count)
{
    char *const variable = malloc(32 + 8 * (size_t)count);
    size_t used = (size_t)sprintf(variable, "NOCLOBBER_PROTECT=");

    for (unsigned i = 0; i < count; i++)
        used += (size_t)sprintf(variable + used, "%s/%05u", i ? ":" : "", i);
    return variable;
}

START_TEST(thousands_of_patterns_are_fine)
{
    const unsigned count = POLICY_STORAGE_SIZE / 7;
    char *const variable = many(count);
    struct policy policy;

    ck_assert_int_eq(parse_one(&policy, variable, sizeof storage), 0);
    ck_assert_uint_eq(policy.protect.count, count);
    ck_assert_int_eq(policy_decide(&policy, "/00000").guard, POLICY_GUARDED);
    ck_assert_str_eq(policy_decide(&policy, "/17999").pattern, "/17999");
    ck_assert_int_eq(policy_decide(&policy, "/99999").guard, POLICY_UNGUARDED);
    free(variable);
}
END_TEST

START_TEST(more_patterns_than_fit_fail_closed)
{
    char *const variable = many(POLICY_STORAGE_SIZE / 7 + 1);
    struct policy policy;

    ck_assert_int_eq(parse_one(&policy, variable, sizeof storage), -E2BIG);
    ck_assert_str_eq(describe(&policy), STRICT);
    free(variable);
}
END_TEST

static const struct {
    const char *name;
    size_t length;
    int result;
} lengths[] = {
    {"the longest log", 4095, 0},
    {"a log too long", 4096, -EINVAL},
};

START_TEST(a_log_has_a_longest_length)
{
    char variable[5000] = "NOCLOBBER_LOG=";
    const size_t prefix = strlen(variable);
    struct policy policy;

    memset(variable + prefix, '/', lengths[_i].length);
    variable[prefix + lengths[_i].length] = '\0';
    ck_assert_msg(parse_one(&policy, variable, sizeof storage) == lengths[_i].result, "%s",
                  lengths[_i].name);
}
END_TEST

/* ---- messages ---- */

static const struct {
    const char *name;
    const char *variable;
    const char *shown;
} messages[] = {
    {"newline", "NOCLOBBER_MODE=a\nlibnoclobber: b", "MODE 'a\\u000alibnoclobber: b': must"},
    {"escape sequence", "NOCLOBBER_MODE=\033[2J", "MODE '\\u001b[2J'"},
    {"C1",
     "NOCLOBBER_MODE=\xC2\x9B"
     "2J",
     "MODE '\\u009b2J'"},
    {"not UTF-8", "NOCLOBBER_MODE=\xFF", "MODE '\\udcff'"},
    {"quotes", "NOCLOBBER_MODE='\"\\", "MODE ''\\\"\\\\'"},
    {"newline in a name", "NOCLOBBER_X\nY=1", "NOCLOBBER_X\\u000aY '1'"},
    {"a pattern's own part", "NOCLOBBER_PROTECT=/a:b//c\n", "PROTECT 'b//c\\u000a'"},
    {"sixty-four characters whole",
     "NOCLOBBER_MODE=0123456789012345678901234567890123456789012345678901234567890123",
     "5678901234567890123': must"},
    {"sixty-five are cut",
     "NOCLOBBER_MODE=01234567890123456789012345678901234567890123456789012345678901234",
     "5678901234567890123...': must"},
    {"a long name is cut", "NOCLOBBER_ABCDEFGHIJKLMNOPQRSTUVWXYZ=", "MNOPQRSTUV... ''"},
};

START_TEST(a_message_is_one_escaped_line)
{
    char *const environment[] = {strdup(messages[_i].variable), NULL};
    struct policy policy;
    struct policy_error error;
    const char *text;

    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), -EINVAL);
    text = message(&error);
    ck_assert_msg(strstr(text, messages[_i].shown), "%s: %s", messages[_i].name, text);
    ck_assert_msg(strchr(text, '\n') == text + strlen(text) - 1, "%s: %s", messages[_i].name, text);
    ck_assert_msg(strncmp(text, "libnoclobber: NOCLOBBER_", 24) == 0, "%s: %s", messages[_i].name,
                  text);
    ck_assert_msg(!strchr(text, '\033'), "%s", messages[_i].name);
    free(environment[0]);
}
END_TEST

/* Every byte escaped, and the longest of the explanations. */
START_TEST(the_longest_message_fits)
{
    static const char *const names[] = {"NOCLOBBER_%s=\001", "NOCLOBBER_PROTECT=[[:%s",
                                        "NOCLOBBER_ALLOW_IF=%s"};
    char bytes[200];

    memset(bytes, '\001', sizeof bytes);
    bytes[sizeof bytes - 1] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char variable[256];
        char out[POLICY_MESSAGE_MAX];
        char *const environment[] = {variable, NULL};
        struct policy policy;
        struct policy_error error;
        size_t length;

        strcpy(variable, names[i]);
        strcpy(strchr(variable, '%'), bytes);
        if (i == 0)
            strcat(variable, "=\001");
        ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error),
                         -EINVAL);
        length = policy_error_message(&error, out, sizeof out);
        ck_assert_msg(length <= sizeof out && out[length - 1] == '\n', "%s", names[i]);
    }
}
END_TEST

START_TEST(a_message_stays_within_its_room)
{
    char *const environment[] = {strdup("NOCLOBBER_MODE=x"), NULL};
    struct policy policy;
    struct policy_error error;
    char out[21];

    policy_parse(&policy, environment, storage, sizeof storage, &error);
    out[20] = 'X';
    ck_assert_uint_eq(policy_error_message(&error, out, 20), 20);
    ck_assert_int_eq(out[20], 'X');
    free(environment[0]);
}
END_TEST

/* ---- decisions ---- */

static const struct {
    const char *name;
    const char *protect; /* NULL: not set */
    const char *allow;
    const char *path;
    enum policy_guard guard;
    const char *pattern;
} decisions[] = {
    {"no list", NULL, NULL, "/a", POLICY_GUARDED, NULL},
    {"protected", "/srv/", NULL, "/srv/a", POLICY_GUARDED, "/srv/"},
    {"outside", "/srv/", NULL, "/tmp/a", POLICY_UNGUARDED, NULL},
    {"the second pattern", "/srv/:*.deb", NULL, "/tmp/a.deb", POLICY_GUARDED, "*.deb"},
    {"the first of two that match", "/srv/:*.deb", NULL, "/srv/a.deb", POLICY_GUARDED, "/srv/"},
    {"excepted", NULL, "*.log", "/a.log", POLICY_ALLOWED, "*.log"},
    {"not excepted", NULL, "*.log", "/a.deb", POLICY_GUARDED, NULL},
    {"allow beats protect", "/srv/", "*.log", "/srv/a.log", POLICY_ALLOWED, "*.log"},
    {"allow beats a protect more exact", "/srv/a.log", "*", "/srv/a.log", POLICY_ALLOWED, "*"},
    {"allow in vain", "/srv/", "*.log", "/srv/a.deb", POLICY_GUARDED, "/srv/"},
    {"an exception outside is no exception", "/srv/", "*.log", "/tmp/a.log", POLICY_UNGUARDED,
     NULL},
};

static void parse_lists(struct policy *policy, const char *protect, const char *allow)
{
    static char variables[2][256];
    char *environment[3] = {NULL, NULL, NULL};
    struct policy_error error;
    int count = 0;

    if (protect)
        snprintf(environment[count++] = variables[0], 256, "NOCLOBBER_PROTECT=%s", protect);
    if (allow)
        snprintf(environment[count++] = variables[1], 256, "NOCLOBBER_ALLOW=%s", allow);
    ck_assert_int_eq(policy_parse(policy, environment, storage, sizeof storage, &error), 0);
}

START_TEST(a_destination_has_a_guard)
{
    struct policy policy;
    struct policy_decision decision;

    parse_lists(&policy, decisions[_i].protect, decisions[_i].allow);
    ck_assert_msg(policy_needs_path(&policy) == (decisions[_i].protect || decisions[_i].allow),
                  "%s", decisions[_i].name);
    decision = policy_decide(&policy, decisions[_i].path);
    ck_assert_msg(decision.guard == decisions[_i].guard, "%s: %d", decisions[_i].name,
                  (int)decision.guard);
    if (!decisions[_i].pattern)
        ck_assert_msg(!decision.pattern, "%s: %s", decisions[_i].name, decision.pattern);
    else
        ck_assert_msg(decision.pattern && strcmp(decision.pattern, decisions[_i].pattern) == 0,
                      "%s: %s", decisions[_i].name, decision.pattern);
}
END_TEST

/* ---- other spellings ---- */

static const struct {
    const char *name;
    const char *protect;
    const char *allow;
    const char *path;
    enum policy_guard guard;
    int is_alike;
} spellings[] = {
    {"as it is spelt", "/m/App", NULL, "/m/App", POLICY_GUARDED, 0},
    {"as another pattern has it", "/m/App:/m/app", NULL, "/m/app", POLICY_GUARDED, 0},
    {"another spelling", "/x:/m/App", NULL, "/m/app", POLICY_GUARDED, 1},
    {"another name", "/m/App", NULL, "/m/apt", POLICY_UNGUARDED, 0},
    {"an exception is spelt as it is", "/m/", "/m/tmp", "/m/Tmp", POLICY_GUARDED, 0},
    {"an exception of another spelling", "/m/App", "/m/app", "/m/app", POLICY_ALLOWED, 1},
    {"no pattern", NULL, NULL, "/m/app", POLICY_GUARDED, 0},
};

START_TEST(another_spelling_may_be_guarded)
{
    struct policy policy;
    struct policy_decision decision;

    parse_lists(&policy, spellings[_i].protect, spellings[_i].allow);
    decision = policy_decide_alike(&policy, spellings[_i].path);
    ck_assert_msg(decision.guard == spellings[_i].guard, "%s: %d", spellings[_i].name,
                  (int)decision.guard);
    ck_assert_msg(!decision.is_alike == !spellings[_i].is_alike, "%s", spellings[_i].name);
    if (!decision.is_alike)
        ck_assert(decision.pattern == policy_decide(&policy, spellings[_i].path).pattern);
}
END_TEST

/* ---- one run inside another ---- */

static const struct {
    const char *name;
    const char *environment[7];
    const char *path; /* NULL: not known */
    enum policy_guard guard;
    const char *pattern;
    enum policy_mode mode; /* of what is guarded */
    unsigned allow_if;
} nested[] = {
    {"each adds",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/out/"},
     "/in/a",
     POLICY_GUARDED,
     "/in/",
     POLICY_ENFORCE,
     0},
    {"the outer one's too",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/out/"},
     "/out/a",
     POLICY_GUARDED,
     "/out/",
     POLICY_ENFORCE,
     0},
    {"what neither names",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/out/"},
     "/a",
     POLICY_UNGUARDED,
     NULL,
     POLICY_ENFORCE,
     0},
    {"an outer one that names nothing guards everything",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_REPORT=/r"},
     "/a",
     POLICY_GUARDED,
     NULL,
     POLICY_ENFORCE,
     0},
    {"an inner ALLOW opens nothing",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_ALLOW=/out/", "NOCLOBBER_1_PROTECT=/out/"},
     "/out/a",
     POLICY_GUARDED,
     "/out/",
     POLICY_ENFORCE,
     0},
    {"nor an outer one what the inner guards",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/in/", "NOCLOBBER_1_ALLOW=/in/a"},
     "/in/a",
     POLICY_GUARDED,
     "/in/",
     POLICY_ENFORCE,
     0},
    {"an ALLOW where only it knows the path",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/out/", "NOCLOBBER_1_ALLOW=/out/a"},
     "/out/a",
     POLICY_ALLOWED,
     "/out/a",
     POLICY_ENFORCE,
     0},
    {"an inner audit opens nothing",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_1_PROTECT=/out/"},
     "/out/a",
     POLICY_GUARDED,
     "/out/",
     POLICY_ENFORCE,
     0},
    {"and audits what is its own",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_1_PROTECT=/out/"},
     "/in/a",
     POLICY_GUARDED,
     NULL,
     POLICY_AUDIT,
     0},
    {"an inner one enforces below an audit",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_MODE=audit"},
     "/in/a",
     POLICY_GUARDED,
     "/in/",
     POLICY_ENFORCE,
     0},
    {"an outer one that traces decides elsewhere",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_MODE=traced", "NOCLOBBER_1_REPORT=/r"},
     "/a",
     POLICY_UNGUARDED,
     NULL,
     POLICY_ENFORCE,
     0},
    {"an exception that both make",
     {"NOCLOBBER_ALLOW_IF=same,empty", "NOCLOBBER_1_ALLOW_IF=empty,symlink"},
     "/a",
     POLICY_GUARDED,
     NULL,
     POLICY_ENFORCE,
     POLICY_ALLOW_IF_EMPTY},
    {"an exception of the one that guards it",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_1_PROTECT=/out/", "NOCLOBBER_1_ALLOW_IF=same"},
     "/out/a",
     POLICY_GUARDED,
     "/out/",
     POLICY_ENFORCE,
     POLICY_ALLOW_IF_SAME},
    {"an auditor's exceptions do not count beside one that enforces",
     {"NOCLOBBER_MODE=audit", "NOCLOBBER_1_ALLOW_IF=same"},
     "/a",
     POLICY_GUARDED,
     NULL,
     POLICY_ENFORCE,
     POLICY_ALLOW_IF_SAME},
    {"a path that is not known",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_MODE=audit", "NOCLOBBER_1_PROTECT=/out/"},
     NULL,
     POLICY_GUARDED,
     NULL,
     POLICY_ENFORCE,
     0},
    {"the third of eight",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_3_PROTECT=/out/", "NOCLOBBER_1_PROTECT=/x",
      "NOCLOBBER_2_MODE=off", "NOCLOBBER_8_PROTECT=/y"},
     "/out/a",
     POLICY_GUARDED,
     "/out/",
     POLICY_ENFORCE,
     0},
    {"what can't be parsed guards everything, whoever it is of",
     {"NOCLOBBER_PROTECT=/in/", "NOCLOBBER_MODE=audit", "NOCLOBBER_1_MODE=x"},
     "/a",
     POLICY_GUARDED,
     NULL,
     POLICY_ENFORCE,
     0},
};

/* Of storage that begins at any byte. */
START_TEST(a_run_inside_another_adds_and_takes_nothing_away)
{
    char *environment[7] = {NULL};
    size_t size;

    for (int i = 0; nested[_i].environment[i]; i++)
        environment[i] = strdup(nested[_i].environment[i]);
    size = policy_storage_size(environment);

    for (size_t offset = 0; offset < _Alignof(struct policy); offset++) {
        struct policy policy;
        struct policy_error error;
        struct policy_decision decision;

        policy_parse(&policy, environment, storage + offset, size, &error);
        decision = policy_decide(&policy, nested[_i].path);
        ck_assert_msg(decision.guard == nested[_i].guard, "%s", nested[_i].name);
        if (nested[_i].pattern)
            ck_assert_str_eq(decision.pattern, nested[_i].pattern);
        else
            ck_assert_msg(decision.pattern == NULL, "%s: %s", nested[_i].name, decision.pattern);
        if (decision.guard != POLICY_GUARDED)
            continue;
        ck_assert_msg(decision.mode == nested[_i].mode, "%s", nested[_i].name);
        ck_assert_msg(decision.allow_if == nested[_i].allow_if, "%s", nested[_i].name);
    }
    for (int i = 0; environment[i]; i++)
        free(environment[i]);
}
END_TEST

START_TEST(outer_policies_without_room_fail_closed)
{
    char *const environment[] = {strdup("NOCLOBBER_PROTECT=/in/"), strdup("NOCLOBBER_1_REPORT=/r"),
                                 NULL};
    struct policy policy;
    struct policy_error error;

    ck_assert_int_eq(policy_parse(&policy, environment, storage, 16, &error), -E2BIG);
    ck_assert_uint_eq(policy.outer_count, 0);
    ck_assert_int_eq(policy_decide(&policy, "/a").guard, POLICY_GUARDED);
    free(environment[0]);
    free(environment[1]);
}
END_TEST

static const struct {
    const char *name;
    const char *variable;
    enum policy_refusal on_refusal;
    enum policy_fallback fallback;
    int is_recorded;
    int logs_to_stderr;
} outers[] = {
    {"exit", "NOCLOBBER_1_ON_REFUSAL=exit", POLICY_REFUSAL_EXIT, POLICY_FALLBACK_EMULATE, 0, 0},
    {"refuse", "NOCLOBBER_1_FALLBACK=refuse", POLICY_REFUSAL_ERROR, POLICY_FALLBACK_REFUSE, 0, 0},
    {"a log", "NOCLOBBER_2_LOG=/log", POLICY_REFUSAL_ERROR, POLICY_FALLBACK_EMULATE, 1, 0},
    {"a report", "NOCLOBBER_1_REPORT=/r", POLICY_REFUSAL_ERROR, POLICY_FALLBACK_EMULATE, 1, 0},
    {"stderr", "NOCLOBBER_2_LOG=-", POLICY_REFUSAL_ERROR, POLICY_FALLBACK_EMULATE, 1, 1},
};

START_TEST(an_outer_policy_has_its_say)
{
    char *const environment[] = {strdup(outers[_i].variable), NULL};
    struct policy policy;
    struct policy_error error;

    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), 0);
    ck_assert_msg(policy.on_refusal == outers[_i].on_refusal, "%s", outers[_i].name);
    ck_assert_msg(policy.fallback == outers[_i].fallback, "%s", outers[_i].name);
    ck_assert_msg(policy_is_recorded(&policy) == outers[_i].is_recorded, "%s", outers[_i].name);
    ck_assert_msg(policy_logs_to_stderr(&policy) == outers[_i].logs_to_stderr, "%s",
                  outers[_i].name);
    ck_assert(policy_needs_path(&policy));
    free(environment[0]);
}
END_TEST

START_TEST(zeros_are_the_strictest_policy)
{
    static const struct policy zeros;

    ck_assert_str_eq(describe(&zeros), DEFAULT);
    ck_assert_int_eq(policy_needs_path(&zeros), 0);
    ck_assert_int_eq(policy_decide(&zeros, "/a").guard, POLICY_GUARDED);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_environment_makes_a_policy, 0, ROWS(rows));
    tcase_add_loop_test(tcase, storage_may_be_full_to_the_last_byte, 0, ROWS(sizes));
    tcase_add_test(tcase, thousands_of_patterns_are_fine);
    tcase_add_test(tcase, more_patterns_than_fit_fail_closed);
    tcase_add_loop_test(tcase, a_log_has_a_longest_length, 0, ROWS(lengths));
    tcase_add_loop_test(tcase, a_message_is_one_escaped_line, 0, ROWS(messages));
    tcase_add_test(tcase, the_longest_message_fits);
    tcase_add_test(tcase, a_message_stays_within_its_room);
    tcase_add_loop_test(tcase, a_destination_has_a_guard, 0, ROWS(decisions));
    tcase_add_loop_test(tcase, another_spelling_may_be_guarded, 0, ROWS(spellings));
    tcase_add_loop_test(tcase, a_run_inside_another_adds_and_takes_nothing_away, 0, ROWS(nested));
    tcase_add_test(tcase, outer_policies_without_room_fail_closed);
    tcase_add_loop_test(tcase, an_outer_policy_has_its_say, 0, ROWS(outers));
    tcase_add_test(tcase, zeros_are_the_strictest_policy);
}

int main(void)
{
    return run_tests("policy", add);
}

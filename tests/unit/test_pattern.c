/* SPDX-License-Identifier: MIT */
#include "core/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "unit/run.h"
#include "unit/slow_pattern.h"

/* ---- what matches ---- */

static const struct {
    const char *name;
    const char *pattern;
    const char *path;
    int matches;
} rows[] = {
    {"anchored, whole", "/srv/dist/a", "/srv/dist/a", 1},
    {"anchored, deeper", "/srv/dist/a", "/x/srv/dist/a", 0},
    {"anchored, longer path", "/srv/dist", "/srv/dist/a", 0},
    {"anchored, longer pattern", "/srv/dist/a", "/srv/dist", 0},
    {"anchored, no prefix of a name", "/srv/di", "/srv/dist", 0},
    {"case matters", "/srv/A", "/srv/a", 0},
    {"floating, at the root", "a", "/a", 1},
    {"floating, deep", "a", "/x/y/a", 1},
    {"floating, not within a name", "a", "/x/ba", 0},
    {"floating, not in the middle", "x", "/x/a", 0},
    {"floating, two components", "dist/a", "/srv/dist/a", 1},
    {"floating, second chance", "a/b", "/a/a/b", 1},
    {"floating, component boundary", "ist/a", "/srv/dist/a", 0},
    {"star, any name", "/srv/*", "/srv/a", 1},
    {"star, stops at a slash", "/srv/*", "/srv/a/b", 0},
    {"star, may be nothing", "/srv/a*", "/srv/a", 1},
    {"star, but not a whole component", "/srv/*", "/srv", 0},
    {"star, dot files too", "*", "/srv/.hidden", 1},
    {"star, suffix", "*.deb", "/srv/a.deb", 1},
    {"star, suffix only at the end", "*.deb", "/srv/a.deb.asc", 0},
    {"star, second chance in a name", "*.deb", "/srv/a.deb.deb", 1},
    {"star, two in a name", "*-*.gz", "/a-b-c.gz", 1},
    {"star, in a directory", "/srv/*/a", "/srv/x/a", 1},
    {"star, exactly one directory", "/srv/*/a", "/srv/x/y/a", 0},
    {"question, one character", "/a?c", "/abc", 1},
    {"question, not none", "/a?c", "/ac", 0},
    {"question, not a slash", "/a?c", "/a/c", 0},
    {"question, a character of two bytes", "/a?c",
     "/a\xC3\xA9"
     "c",
     1},
    {"question, a byte that is no UTF-8", "/a?c",
     "/a\xFF"
     "c",
     1},
    {"question, not half a character", "/a??c",
     "/a\xC3\xA9"
     "c",
     0},
    {"globstar, any depth", "/srv/**", "/srv/x/y/a", 1},
    {"globstar, one level", "/srv/**", "/srv/a", 1},
    {"globstar, not the directory itself", "/srv/**", "/srv", 0},
    {"globstar between slashes, none", "/srv/**/a", "/srv/a", 1},
    {"globstar between slashes, one", "/srv/**/a", "/srv/x/a", 1},
    {"globstar between slashes, two", "/srv/**/a", "/srv/x/y/a", 1},
    {"globstar between slashes, whole names", "/srv/**/a", "/srv/ba", 0},
    {"globstar at the front", "/**/a", "/a", 1},
    {"globstar at the front, deep", "/**/a", "/x/y/a", 1},
    {"globstar within a name", "/srv/x**a", "/srv/x1/2a", 1},
    {"globstar before a slash, within a name", "/srv/x**/a", "/srv/x1/y/a", 1},
    {"globstar alone", "**", "/x/y", 1},
    {"globstar twice", "/**/b/**/d", "/a/b/c/d", 1},
    {"globstar twice, in order only", "/**/d/**/b", "/a/b/c/d", 0},
    {"globstar then star", "/**/*.d/x", "/a/b.d/c.d/x", 1},
    {"star before globstar keeps its name", "/*.d/**/x", "/a.d/b/x", 1},
    {"star before globstar, wrong name", "/*.d/**/x", "/a.e/b.d/x", 0},
    {"three stars are two", "/srv/***/a", "/srv/x/y/a", 1},
    {"tree, the directory", "/srv/dist/", "/srv/dist", 1},
    {"tree, below", "/srv/dist/", "/srv/dist/x/a", 1},
    {"tree, no longer name", "/srv/dist/", "/srv/distant/a", 0},
    {"tree, not above", "/srv/dist/", "/srv", 0},
    {"tree, floating", "dist/", "/srv/dist/a", 1},
    {"tree, floating, not within a name", "dist/", "/srv/xdist/a", 0},
    {"tree, with a star", "*.d/", "/a/b.d/c", 1},
    {"tree, star's second chance", "*.d/", "/b.d.d/c", 1},
    {"tree, the root", "/", "/any/thing", 1},
    {"tree, everything", "**/", "/any", 1},
    {"set, one of it", "/[abc]", "/b", 1},
    {"set, none of it", "/[abc]", "/d", 0},
    {"set, not the empty name", "/x[abc]", "/x", 0},
    {"set, range", "/[a-c]", "/b", 1},
    {"set, beyond its range", "/[a-c]", "/d", 0},
    {"set, negated by !", "/[!a-c]", "/b", 0},
    {"set, negated by ! otherwise", "/[!a-c]", "/d", 1},
    {"set, negated by ^", "/[^a]", "/a", 0},
    {"set, negated never a slash", "/a[!x]b", "/a/b", 0},
    {"set, a range over the slash never one", "/a[+-9]b", "/a/b", 0},
    {"set, ] first", "/[]a]", "/]", 1},
    {"set, ] first when negated", "/[!]a]", "/]", 0},
    {"set, - first", "/[-a]", "/-", 1},
    {"set, - last", "/[a-]", "/-", 1},
    {"set, - last is no range", "/[a-]", "/b", 0},
    {"set, - behind a range", "/[a-c-e]", "/d", 0},
    {"set, - behind a range is itself", "/[a-c-e]", "/-", 1},
    {"set, ! not first", "/[a!]", "/!", 1},
    {"set, escaped ]", "/[\\]]", "/]", 1},
    {"set, escaped !", "/[\\!a]", "/!", 1},
    {"set, escaped - is no range", "/[a\\-c]", "/b", 0},
    {"set, a range to ]", "/[Z-\\]]", "/[", 1},
    {"set, stars are themselves", "/[*?]", "/a", 0},
    {"set, a star", "/[*?]", "/*", 1},
    {"set, a character of two bytes", "/[\xC3\xA0-\xC3\xAF]", "/\xC3\xA9", 1},
    {"set, beyond two bytes", "/[\xC3\xA0-\xC3\xAF]", "/\xC3\xB9", 0},
    {"set, a byte that is no UTF-8", "/[\xF8-\xFF]", "/\xFE", 1},
    {"set, negated takes a whole character", "/[!a]", "/\xC3\xA9", 1},
    {"escape, star", "/a\\*", "/a*", 1},
    {"escape, star is no star", "/a\\*", "/ab", 0},
    {"escape, question", "/a\\?", "/ab", 0},
    {"escape, bracket", "/a\\[b]", "/a[b]", 1},
    {"escape, colon", "/a\\:b", "/a:b", 1},
    {"escape, backslash", "/a\\\\b", "/a\\b", 1},
    {"escape, plain letter", "/\\a", "/a", 1},
    {"escape, a first slash's place", "\\*x", "/d/*x", 1},
    {"a character, and not half of it", "/\xC3*", "/\xC3\xA9", 0},
    {"a byte that is no UTF-8 is itself", "/\xC3*", "/\xC3x", 1},
    {"a star ends where a character does", "/*\xC3*\xA9", "/\xC3x\xC3\xA9", 0},
    {"] alone is itself", "/a]", "/a]", 1},
    {"newline in a name", "/a*", "/a\nb", 1},
    {"newline in a name is one character", "/a?b", "/a\nb", 1},
};

START_TEST(a_pattern_matches)
{
    const char *const pattern = rows[_i].pattern;
    const char *const fault = pattern_fault(pattern, strlen(pattern));

    ck_assert_msg(!fault, "%s: '%s': %s", rows[_i].name, pattern, fault);
    ck_assert_msg(pattern_match(pattern, rows[_i].path) == rows[_i].matches, "%s: '%s' on '%s'",
                  rows[_i].name, pattern, rows[_i].path);
}
END_TEST

/* ---- what is no pattern ---- */

static const struct {
    const char *name;
    const char *pattern;
    const char *says; /* part of the message; NULL: there is no fault */
} faults[] = {
    {"empty", "", "empty"},
    {"double slash", "/srv//dist", "'//'"},
    {"double slash in front", "//srv", "'//'"},
    {"double slash at the end", "srv//", "'//'"},
    {"dot alone", ".", "'.'"},
    {"dot in front", "./dist", "'.'"},
    {"dot in the middle", "/srv/./dist", "'.'"},
    {"dot at the end", "/srv/.", "'.'"},
    {"dot as a tree", "/srv/./", "'.'"},
    {"two dots", "../dist", "'..'"},
    {"two dots at the end", "/srv/..", "'..'"},
    {"dots in a name", "/srv/..a/.b/c.", NULL},
    {"three dots", "/srv/...", NULL},
    {"set without end", "/a[bc", "']'"},
    {"set of nothing", "/a[]", "']'"},
    {"negated set of nothing", "/a[!]", "']'"},
    {"set that ends in its range", "/a[b-", "']'"},
    {"set that ends in an escape", "/a[b\\", "']'"},
    {"set that ends in a range's escape", "/a[b-\\", "']'"},
    {"set with its ] escaped", "/a[b\\]", "']'"},
    {"set with a slash", "/a[b/c]", "'/' inside"},
    {"set with an escaped slash", "/a[b\\/c]", "'/' inside"},
    {"range to a slash", "/a[+-/]", "'/' inside"},
    {"range to an escaped slash", "/a[+-\\/]", "'/' inside"},
    {"range to a class by name", "/[A-[:alpha:]]", "[0-9]"},
    {"range backwards", "/[z-a]", "backwards"},
    {"range backwards over two bytes", "/[\xC3\xA9-a]", "backwards"},
    {"range of one", "/[a-a]", NULL},
    {"class by name", "/[[:digit:]]", "[0-9]"},
    {"equivalence class", "/[[=a=]]", "[0-9]"},
    {"collating symbol", "/[[.a.]]", "[0-9]"},
    {"bracket in a set", "/[[a]", NULL},
    {"escape of nothing", "/a\\", "escapes nothing"},
    {"escape of an escape", "/a\\\\", NULL},
    {"escaped slash", "/a\\/b", "'\\/'"},
    {"blank at the end", "dist/ ", "a stray"},
    {"blank in front", " dist/", "a stray"},
    {"blank alone", " ", "a stray"},
    {"blank within", "/a b/c d", NULL},
    {"blank at the end, escaped", "/a\\ ", NULL},
    {"blank in front, escaped", "\\ a", NULL},
    {"escape before a blank at the end", "/a\\\\ ", "a stray"},
    {"tab at the end", "dist/\t", "a stray"},
    {"carriage return at the end", "/srv/dist/\r", "a stray"},
    {"newline at the end", "/srv/dist/\n", "a stray"},
    {"newline within", "/srv/dist/\n/srv/lib/", "a stray"},
    {"newline, escaped", "/a\\\nb", NULL},
    {"newline in a set", "/a[\n]", NULL},
    {"delete", "/a\x7F", "a stray"},
    {"quote in front", "\"dist/", "a stray"},
    {"quote at the end", "lib/'", "a stray"},
    {"quotes around", "'/srv/dist/'", "a stray"},
    {"quotes within", "/o'clock/\"x\".y", NULL},
    {"quote in front, escaped", "\\\"a", NULL},
    {"quote in a set", "/a[']", NULL},
    {"home of a shell", "~/dist/", "a stray"},
    {"name that begins with a tilde", "~dist/", NULL},
    {"tilde at the end", "*~", NULL},
    {"tilde, escaped", "\\~/dist/", NULL},
    {"variable of a shell", "$HOME/dist/", "a stray"},
    {"variable in braces", "${HOME}/dist/", "a stray"},
    {"dollar within", "/a$b", NULL},
    {"root", "/", NULL},
    {"tree", "dist/", NULL},
    {"stars", "**/a/**", NULL},
    {"bytes that are not UTF-8", "\xFF[\xFE]\xC3", NULL},
};

static void check_fault(int row, const char *pattern, char follower)
{
    char copy[64];
    const size_t length = strlen(pattern);
    const char *fault;

    memcpy(copy, pattern, length);
    copy[length] = follower;
    copy[length + 1] = '\0';
    fault = pattern_fault(copy, length);
    if (!faults[row].says)
        ck_assert_msg(!fault, "%s: %s", faults[row].name, fault);
    else
        ck_assert_msg(fault && strstr(fault, faults[row].says), "%s: %s", faults[row].name,
                      fault ? fault : "no fault");
}

START_TEST(a_fault_is_told)
{
    check_fault(_i, faults[_i].pattern, '\0');
    check_fault(_i, faults[_i].pattern, ':');
}
END_TEST

START_TEST(a_pattern_has_a_longest_length)
{
    char pattern[PATTERN_MAX + 2];

    memset(pattern, 'a', sizeof pattern);
    pattern[sizeof pattern - 1] = '\0';
    ck_assert_ptr_null(pattern_fault(pattern, PATTERN_MAX));
    ck_assert_ptr_nonnull(pattern_fault(pattern, PATTERN_MAX + 1));
}
END_TEST

/* ---- many random ones ---- */

#define SEED 0x6E6F636C6F626265ULL
#define CASES 300000

static unsigned long long state = SEED;

/* xorshift64 */
static unsigned below(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % limit;
}

static void make_pattern(char *out)
{
    static const char *const pieces[] = {"a",    "b",        "a",    "/",     "/",    "/",
                                         "*",    "*",        "**",   "/**",   "**/",  "?",
                                         "[ab]", "[!a]",     "[^b]", "[a-c]", "c",    "\\*",
                                         "\\a",  "\xC3\xA9", "\xFF", "\xC3",  "\xA9", "\\["};
    unsigned count = 1 + below(9);

    for (out[0] = '\0'; count > 0; count--)
        strcat(out, pieces[below(ROWS(pieces))]);
}

static void make_path(char *out)
{
    static const char *const pieces[] = {"a", "b",        "c",    "a",    "b",
                                         "*", "\xC3\xA9", "\xFF", "\xA9", "\xC3"};
    unsigned components = 1 + below(5);

    for (out[0] = '\0'; components > 0; components--) {
        strcat(out, "/");
        for (unsigned count = 1 + below(4); count > 0; count--)
            strcat(out, pieces[below(ROWS(pieces))]);
    }
}

START_TEST(random_patterns_match_as_the_obvious_matcher_says)
{
    unsigned matched = 0;
    unsigned made = 0;

    for (unsigned i = 0; i < CASES; i++) {
        char pattern[64];
        char path[64];

        make_pattern(pattern);
        make_path(path);
        ck_assert_int_eq(!pattern_fault(pattern, strlen(pattern)), slow_pattern_is_valid(pattern));
        if (!slow_pattern_is_valid(pattern))
            continue;
        if (pattern_match(pattern, path) != slow_pattern_matches(pattern, path))
            ck_abort_msg("seed %llx, case %u: '%s' on '%s' should be %d", SEED, i, pattern, path,
                         slow_pattern_matches(pattern, path));
        made++;
        matched += (unsigned)slow_pattern_matches(pattern, path);
    }
    ck_assert_uint_gt(made, CASES / 2);
    ck_assert_uint_gt(matched, made / 20);
    ck_assert_uint_lt(matched, made - made / 20);
}
END_TEST

/* ---- other spellings ---- */

static const struct {
    const char *name;
    const char *pattern;
    const char *path;
    int matches;
} spellings[] = {
    {"as it is", "/m/App.zip", "/m/App.zip", 1},
    {"another case", "/m/App.zip", "/m/app.ZIP", 1},
    {"another name", "/m/App.zip", "/m/Ape.zip", 0},
    {"longer", "/m/App", "/m/app2", 0},
    {"shorter", "/m/App2", "/m/app", 0},
    {"not a letter", "/m/a\\[", "/m/a{", 0},
    {"a directory", "dist/", "/m/DIST/app", 1},
    {"a star", "*.deb", "/m/x.DEB", 1},
    {"a set", "/m/[a-c]x", "/m/Bx", 1},
    {"a negated set", "/m/[!a-c]x", "/m/bx", 1},
    {"a set that has neither", "/m/[a-c]x", "/m/Dx", 0},
    {"composed, another case",
     "/m/\xC3\xA9"
     "a",
     "/m/\xC3\x89"
     "a",
     1},
    {"composed and decomposed", "/m/caf\xC3\xA9/x", "/m/cafe\xCC\x81/x", 1},
    {"decomposed and composed", "/m/cafe\xCC\x81/x", "/m/caf\xC3\xA9/x", 1},
    {"another component behind it", "/m/caf\xC3\xA9/x", "/m/cafe\xCC\x81/y", 0},
    {"a sharp s", "/m/STRASSE",
     "/m/stra\xC3\x9F"
     "e",
     1},
    {"a ligature", "/m/file", "/m/\xEF\xAC\x81le", 1},
    {"kelvin", "/m/k", "/m/\xE2\x84\xAA", 1},
    {"cyrillic, another case", "\xD0\xB4\xD0\xB0/", "/\xD0\x94\xD0\x90/x", 1},
    {"cyrillic and latin", "dist/", "/home/\xD0\xB4\xD0\xB0/src/x", 0},
    {"cyrillic and a dot", "*.deb", "/home/\xD0\xB4\xD0\xB0", 0},
    {"chinese and latin", "dist/", "/home/\xE5\x8F\x91/x", 0},
    {"a bracket as a name beyond ASCII", "/m/\\[x", "/m/\xC3\xA9x", 0},
    {"an escape beyond ASCII", "/m/\\e[a]x/b", "/m/\xC3\xA9/b", 1},
    {"a globstar in the rest", "/m/e**x", "/m/\xC3\xA9/b/x", 1},
    {"the slash is no part of it", "/m/\xC3\xA9x/b", "/m/\xC3\x89x", 0},
};

START_TEST(a_pattern_matches_other_spellings)
{
    const char *const pattern = spellings[_i].pattern;

    ck_assert_ptr_null(pattern_fault(pattern, strlen(pattern)));
    ck_assert_msg(pattern_match_alike(pattern, spellings[_i].path) == spellings[_i].matches,
                  "%s: '%s' on '%s'", spellings[_i].name, pattern, spellings[_i].path);
}
END_TEST

/* Whatever matches matches as a spelling too, and in another case. */
START_TEST(random_patterns_match_other_spellings)
{
    unsigned matched = 0;

    for (unsigned i = 0; i < CASES; i++) {
        char pattern[64];
        char path[64];

        make_pattern(pattern);
        make_path(path);
        if (!slow_pattern_is_valid(pattern) || !pattern_match(pattern, path))
            continue;
        matched++;
        if (!pattern_match_alike(pattern, path))
            ck_abort_msg("seed %llx, case %u: '%s' on '%s'", SEED, i, pattern, path);
        for (char *at = path; *at != '\0'; at++)
            if (*at >= 'a' && *at <= 'z' && below(2))
                *at ^= 0x20;
        if (!pattern_match_alike(pattern, path))
            ck_abort_msg("seed %llx, case %u: '%s' on '%s'", SEED, i, pattern, path);
    }
    ck_assert_uint_gt(matched, CASES / 50);
}
END_TEST

/* ---- no pattern takes forever ---- */

static const struct {
    const char *name;
    const char *unit; /* repeated as often as a pattern may be long */
    const char *end;  /* what no path here has */
    size_t most;      /* bytes of repeated units */
} adversaries[] = {
    {"stars", "*a", "b", 4000},
    {"stars and questions", "*?", "b", 4000},
    {"globstars", "**a", "b", 4000},
    {"globstars as directories", "**/a*/", "b", 4000},
    {"globstars between slashes", "**/", "b", 4000},
    {"stars in every directory", "*a*/", "b", 4000},
    {"negated sets", "*[!b]", "b", 4000},
    {"globstar and star in turn", "**a*a", "b", 4000},
    {"long literals", "a", "b", 2000},
    {"stars alone", "*", "b", 4000},
};

/* A path of some 4 KiB of components of `length` times `a`. */
static void make_long_path(char *out, size_t size, size_t length)
{
    for (size_t i = 0; i + 1 < size; i++)
        out[i] = i % (length + 1) == 0 ? '/' : 'a';
    out[size - 1] = '\0';
    if (out[size - 2] == '/')
        out[size - 2] = 'a';
}

/* Sixty seconds of a processor are beyond any polynomial here, and far below any exponential. */
static void limit_processor_time(void)
{
    const struct rlimit limit = {60, 60};

    ck_assert_int_eq(setrlimit(RLIMIT_CPU, &limit), 0);
}

START_TEST(no_pattern_takes_exponential_time)
{
    static const size_t lengths[] = {1, 2, 16, 255, 4094};
    char pattern[PATTERN_MAX + 1] = "";
    char path[4096];

    while (strlen(pattern) + strlen(adversaries[_i].unit) < adversaries[_i].most)
        strcat(pattern, adversaries[_i].unit);
    strcat(pattern, adversaries[_i].end);
    ck_assert_ptr_null(pattern_fault(pattern, strlen(pattern)));
    limit_processor_time();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        make_long_path(path, sizeof path, lengths[i]);
        ck_assert_msg(!pattern_match(pattern, path), "%s, components of %zu", adversaries[_i].name,
                      lengths[i]);
    }
}
END_TEST

/* The worst known: each of two stars tries again what a long literal then fails on. */
START_TEST(the_worst_pattern_is_cubic_at_most)
{
    char pattern[300];
    char path[4096];

    memset(pattern, 'a', sizeof pattern);
    memcpy(pattern, "**a*", 4);
    memcpy(pattern + 120, "b", 2);
    make_long_path(path, sizeof path, 255);
    limit_processor_time();
    ck_assert(!pattern_match(pattern, path));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_pattern_matches, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_fault_is_told, 0, ROWS(faults));
    tcase_add_test(tcase, a_pattern_has_a_longest_length);
    tcase_add_test(tcase, random_patterns_match_as_the_obvious_matcher_says);
    tcase_add_loop_test(tcase, a_pattern_matches_other_spellings, 0, ROWS(spellings));
    tcase_add_test(tcase, random_patterns_match_other_spellings);
    tcase_add_loop_test(tcase, no_pattern_takes_exponential_time, 0, ROWS(adversaries));
    tcase_add_test(tcase, the_worst_pattern_is_cubic_at_most);
}

int main(void)
{
    return run_tests("pattern", add);
}

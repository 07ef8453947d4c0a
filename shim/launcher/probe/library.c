/* SPDX-License-Identifier: MIT */
/* Where libnoclobber.so is. A file for another architecture is not the one that was installed with this command. */
#include "launcher/probe/probe.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/probe/elf.h"
#include "launcher/probe/proof.h"

/* The Makefile says it; a linter may not. */
#ifndef NOCLOBBER_LIBDIR
#define NOCLOBBER_LIBDIR "/usr/local/lib"
#endif

#define NAME "libnoclobber.so"

/* LD_PRELOAD is a list; glibc separates it at blanks and colons, musl at any white space. */
static int check_separators(const char *path)
{
    return path[strcspn(path, ": \t\n\v\f\r")] == '\0' ? 0 : -EINVAL;
}

static int find_given(const char *given, char *out, size_t size)
{
    char here[4096] = "";
    struct elf elf;
    int length;

    if (given[0] != '/' && getcwd(here, sizeof here) == NULL)
        return -ENOENT;
    length = snprintf(out, size, "%s%s%s", here, given[0] == '/' ? "" : "/", given);
    if (length < 0 || (size_t)length >= size || elf_read(out, &elf) != 0)
        return -ENOENT;
    return check_separators(out);
}

/* Takes `DIRECTORY/libnoclobber.so` when it is one for us. */
static int take(const char *directory, const struct elf *own, char *out, size_t size)
{
    struct elf elf;
    const int length = snprintf(out, size, "%s/" NAME, directory);

    if (length < 0 || (size_t)length >= size || elf_read(out, &elf) != 0 ||
        !elf_is_same_architecture(&elf, own))
        return -ENOENT;
    return check_separators(out);
}

/* Writes `path` to `out` with the characters that glob(3) would understand taken as they are. */
static void quote(const char *path, char *out, size_t size)
{
    size_t length = 0;

    for (; *path != '\0' && length + 3 <= size; path++) {
        if (strchr("*?[\\", *path) != NULL)
            out[length++] = '\\';
        out[length++] = *path;
    }
    out[length] = '\0';
}

/* What the pattern `place` finds below `directory`; the caller frees it with globfree(3), even if it is nothing. */
static glob_t find_below(const char *directory, const char *place)
{
    char pattern[8192 + 64];
    glob_t found = {0};

    quote(directory, pattern, sizeof pattern - strlen(place));
    strcat(pattern, place); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0) {
        globfree(&found);
        found.gl_pathc = 0;
    }
    return found;
}

/* Debian has a directory for each architecture: lib/x86_64-linux-gnu. */
static int take_triplet(const char *library_directory, const struct elf *own, char *out,
                        size_t size)
{
    glob_t found = find_below(library_directory, "/*-linux-*");
    int result = -ENOENT;

    for (size_t i = 0; result == -ENOENT && i < found.gl_pathc; i++)
        result = take(found.gl_pathv[i], own, out, size);
    globfree(&found);
    return result;
}

/* Cuts the last component off: of "/usr/bin" remains "/usr", of "/bin" nothing. */
static void cut(char *path)
{
    char *const slash = strrchr(path, '/');

    if (slash != NULL)
        *slash = '\0';
}

static int find_near(const struct elf *wanted, char *out, size_t size)
{
    static const char *const folders[] = {"/lib", "/lib64", "/lib32"};
    char directory[4096];
    const ssize_t length =
        readlink("/proc/self/exe", directory, sizeof directory - sizeof "/lib64");
    int result;

    if (length < 0)
        return -ENOENT;
    directory[length] = '\0';
    cut(directory);
    result = take(directory, wanted, out, size);
    cut(directory);
    for (size_t i = 0; result == -ENOENT && i < sizeof folders / sizeof *folders; i++) {
        char *const end = directory + strlen(directory);

        strcpy(end, folders[i]); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
        result = take(directory, wanted, out, size);
        if (result == -ENOENT)
            result = take_triplet(directory, wanted, out, size);
        *end = '\0';
    }
    return result;
}

static int find_for(const char *program, char *out, size_t size)
{
    struct elf wanted;
    int result;

    if (elf_read(program, &wanted) != 0)
        return -ENOENT;
    result = find_near(&wanted, out, size);
    return result != -ENOENT ? result : take(NOCLOBBER_LIBDIR, &wanted, out, size);
}

int probe_find_library(char *out, size_t size)
{
    const char *const given = getenv("NOCLOBBER_LIBRARY");

    return given != NULL ? find_given(given, out, size) : find_for("/proc/self/exe", out, size);
}

int probe_find_library_for(const char *program, char *out, size_t size)
{
    return getenv("NOCLOBBER_LIBRARY") != NULL ? -ENOENT : find_for(program, out, size);
}

/* ---- for programs of every architecture --------------------------------------------------------- */

/* The length of what stands before $LIB in `directory`, where it is a directory that some ld.so could mean; or -1. */
static int prefix_of(const char *directory)
{
    const char *component = strrchr(directory, '/');

    if (component && fnmatch("/*-linux-*", component, 0) == 0)
        component = memrchr(directory, '/', (size_t)(component - directory));
    return component && strncmp(component, "/lib", 4) == 0 ? (int)(component - directory) : -1;
}

static int is_one_of_another(const char *path, const struct elf *own)
{
    struct elf elf;

    return elf_read(path, &elf) == 0 && !elf_is_same_architecture(&elf, own);
}

/* Whether below `prefix` there is one that `library` is none of the architecture of. */
static int has_others(const char *prefix, const char *library)
{
    static const char *const places[] = {"/lib*/" NAME, "/lib/*-linux-*/" NAME};
    struct elf own;
    int has = 0;

    elf_read(library, &own);
    for (size_t i = 0; !has && i < sizeof places / sizeof *places; i++) {
        glob_t found = find_below(prefix, places[i]);

        for (size_t j = 0; !has && j < found.gl_pathc; j++)
            has = is_one_of_another(found.gl_pathv[j], &own);
        globfree(&found);
    }
    return has;
}

void probe_preload(const struct probe *probe, const char *library, char *out, size_t size)
{
    char directory[4096];
    char complaint[512];
    char every[sizeof directory];
    int prefix;

    snprintf(out, size, "%s", library);
    if (getenv("NOCLOBBER_LIBRARY") != NULL)
        return;
    snprintf(directory, sizeof directory, "%s", library);
    cut(directory);
    prefix = prefix_of(directory);
    if (prefix < 0)
        return;
    directory[prefix] = '\0';
    if ((size_t)snprintf(every, sizeof every, "%s/$LIB/" NAME, directory) >= sizeof every ||
        !has_others(directory, library) ||
        proof_ask(probe->loader, probe->program, every, library, complaint, sizeof complaint) != 1)
        return;
    snprintf(out, size, "%s:%s", every, library);
}

const char *probe_library_fault(int result)
{
    return result == -EINVAL
               ? "LD_PRELOAD can't take a path with a blank or a colon; install it elsewhere"
               : "libnoclobber.so was not found; put it beside this command or in ../lib, or name "
                 "it "
                 "in NOCLOBBER_LIBRARY";
}

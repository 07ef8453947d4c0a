/* SPDX-License-Identifier: MIT */
#include "launcher/probe/probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/run.h"
#include "unit/sandbox.h"

static struct probe probe;
static char library[4096];

static void put_script(const char *name, const char *text)
{
    put_file(name, text);
    ck_assert_int_eq(chmod(name, 0755), 0);
}

static void copy(const char *from, const char *to)
{
    char command[8192];

    snprintf(command, sizeof command, "cp -L '%s' '%s' && chmod 755 '%s'", from, to, to);
    ck_assert_int_eq(system(command), 0);
}

static void poke(const char *name, off_t at, unsigned char byte)
{
    const int fd = open(name, O_WRONLY);

    ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* The library that was built, as the Makefile runs the tests: from the top of the tree. Here the test's own directory of
 * files is the current one, so it is found from the test itself. */
static void find_library(void)
{
    const ssize_t length = readlink("/proc/self/exe", library, sizeof library - 1);
    char *end = library + length;

    ck_assert_int_gt(length, 0);
    *end = '\0';
    end = strstr(library, "/tests/unit/");
    ck_assert_ptr_nonnull(end);
    snprintf(end, sizeof library - (size_t)(end - library), "/libnoclobber.so");
    /* Whatever the path of the tree has in it, ld.so can take this one. */
    ck_assert(symlink(library, "libnoclobber.so") == 0 || errno == EEXIST);
    snprintf(library, sizeof library, "%s", sandbox_expand("@/libnoclobber.so"));
}

static enum probe_verdict verdict(const char *command)
{
    find_library();
    probe_command(command, library, &probe);
    ck_assert_msg((probe.reason[0] == '\0') == (probe.verdict == PROBE_LOADS), "%s", probe.reason);
    return probe.verdict;
}

static const struct {
    const char *name;
    const char *text;
    enum probe_verdict verdict;
} scripts[] = {
    {"a plain text goes to the shell", "true\n", PROBE_LOADS},
    {"an interpreter", "#!/bin/sh\n", PROBE_LOADS},
    {"blanks and an argument", "#! \t/bin/sh -e \n", PROBE_LOADS},
    {"no end of line", "#!/bin/sh", PROBE_LOADS},
    {"env", "#!/usr/bin/env sh\n", PROBE_LOADS},
    {"env -S", "#!/usr/bin/env -S -u HOME A=b sh -e\n", PROBE_LOADS},
    {"env -S, with quotes", "#!/usr/bin/env -S \"sh\" -e\n", PROBE_LOADS},
    {"env -S, with another PATH", "#!/usr/bin/env -S PATH=/there foo\n", PROBE_LOADS},
    {"env alone", "#!/usr/bin/env\n", PROBE_LOADS},
    {"env of what is not there", "#!/usr/bin/env nothing-of-that-name\n", PROBE_NOT_FOUND},
    {"env of a DOS line", "#!/usr/bin/env sh\r\n", PROBE_NOT_FOUND},
    {"an interpreter that is not there", "#!/nothing/here\n", PROBE_NOT_FOUND},
    {"a DOS line", "#!/bin/sh\r\n", PROBE_NOT_FOUND},
    {"no interpreter", "#! \n", PROBE_NOT_EXECUTABLE},
    {"a directory as interpreter", "#!/tmp\n", PROBE_NOT_EXECUTABLE},
    {"itself as interpreter", "#!./script\n", PROBE_NOT_EXECUTABLE},
};

START_TEST(a_script_is_followed)
{
    put_script("script", scripts[_i].text);
    ck_assert_msg(verdict("./script") == scripts[_i].verdict, "%s: %d: %s", scripts[_i].name,
                  probe.verdict, probe.reason);
}
END_TEST

START_TEST(a_program_on_path_loads)
{
    ck_assert_int_eq(verdict("true"), PROBE_LOADS);
    ck_assert_ptr_nonnull(strstr(probe.program, "/true"));
    ck_assert_ptr_nonnull(strchr(probe.loader, '/'));
}
END_TEST

START_TEST(path_is_looked_through_as_execvp_does)
{
    put_directory("one");
    put_directory("one/tool"); /* a directory is passed by */
    put_directory("two");
    put_file("two/tool", "not executable");
    put_directory("three");
    setenv("PATH", "one:two", 1);
    ck_assert_int_eq(verdict("tool"), PROBE_NOT_EXECUTABLE);
    ck_assert_str_eq(probe.program, "one/tool");
    put_script("three/tool", "#!/bin/sh\n");
    setenv("PATH", "missing:one:two:three", 1);
    ck_assert_int_eq(verdict("tool"), PROBE_LOADS);
    put_script("here", "#!/bin/sh\n");
    ck_assert_int_eq(verdict("here"), PROBE_NOT_FOUND);
    setenv("PATH", "one:", 1); /* an empty entry is the current directory */
    ck_assert_int_eq(verdict("here"), PROBE_LOADS);
    unsetenv("PATH");
    ck_assert_int_eq(verdict("sh"), PROBE_LOADS);
}
END_TEST

START_TEST(what_cannot_be_executed_is_told_from_what_is_not_there)
{
    put_file("text", "text");
    put_directory("directory");
    ck_assert_int_eq(verdict(""), PROBE_NOT_FOUND);
    ck_assert_int_eq(verdict("nothing-of-that-name"), PROBE_NOT_FOUND);
    ck_assert_int_eq(verdict("./nothing"), PROBE_NOT_FOUND);
    ck_assert_int_eq(verdict("./text"), PROBE_NOT_EXECUTABLE);
    ck_assert_int_eq(verdict("./directory"), PROBE_NOT_EXECUTABLE);
    ck_assert_int_eq(verdict("./text/below"), PROBE_NOT_FOUND);
    put_link("loop", "loop");
    ck_assert_int_eq(verdict("./loop"), PROBE_NOT_EXECUTABLE);
    ck_assert_ptr_nonnull(strstr(probe.reason, "can't be executed: "));
}
END_TEST

START_TEST(a_name_that_is_too_long_is_passed_by)
{
    char name[5000];
    char path[5000];

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_int_eq(verdict(name), PROBE_NOT_EXECUTABLE);
    snprintf(path, sizeof path, "/%.4095s:/bin", name);
    setenv("PATH", path, 1);
    ck_assert_int_eq(verdict("sh"), PROBE_LOADS);
}
END_TEST

/* Writes `text` over the first place where `old` stands in a file. */
static void overwrite(const char *name, const char *old, const char *text)
{
    static char bytes[4 * 1024 * 1024];
    const int fd = open(name, O_RDWR);
    const ssize_t length = read(fd, bytes, sizeof bytes);
    const char *const at = memmem(bytes, (size_t)length, old, strlen(old));

    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(pwrite(fd, text, strlen(text), at - bytes), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(a_loader_that_is_not_there_is_named)
{
    copy("/bin/sh", "program");
    overwrite("program", "/ld-", "/xx-");
    ck_assert_int_eq(verdict("./program"), PROBE_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(probe.reason, "needs the dynamic loader '/lib"));
}
END_TEST

/* For a pipe it takes two. */
START_TEST(a_loader_that_cannot_be_asked_loads_nothing)
{
    struct rlimit limit;
    const int next = dup(2);

    find_library();
    close(next);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)next + 1;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    probe_command("sh", library, &probe);
    ck_assert_int_eq(probe.verdict, PROBE_NOT_LOADED);
    ck_assert_ptr_nonnull(strstr(probe.reason, "could not be run: "));
}
END_TEST

START_TEST(what_may_be_executed_and_not_read_is_not_known)
{
    find_library();
    copy("/bin/sh", "shut");
    ck_assert(chmod("shut", 0111) == 0 && chmod(".", 0755) == 0);
    if (geteuid() == 0 && seteuid(65534) < 0) {
        run_skip("cannot become another user");
        return;
    }
    if (access("shut", X_OK) != 0 || open("shut", O_RDONLY) != -1) {
        run_skip("may read everything, or execute nothing here");
        return;
    }
    probe_command("./shut", library, &probe);
    ck_assert_int_eq(probe.verdict, PROBE_UNREADABLE);
}
END_TEST

START_TEST(a_library_is_no_program_with_a_loader)
{
    find_library();
    copy(library, "static");
    ck_assert_int_eq(verdict("./static"), PROBE_STATIC);
    put_script("script", "#!./static\n");
    ck_assert_int_eq(verdict("./script"), PROBE_STATIC);
    ck_assert_str_eq(probe.program, "./static");
}
END_TEST

START_TEST(another_architecture_is_told_by_the_header)
{
    copy("/bin/sh", "machine");
    poke("machine", offsetof(Elf64_Ehdr, e_machine), EM_S390);
    ck_assert_int_eq(verdict("./machine"), PROBE_OTHER_ARCHITECTURE);
    ck_assert_ptr_nonnull(strstr(probe.reason, "s390"));
    poke("machine", offsetof(Elf64_Ehdr, e_machine) + 1, 0xFE);
    ck_assert_int_eq(verdict("./machine"), PROBE_OTHER_ARCHITECTURE);
    ck_assert_ptr_nonnull(strstr(probe.reason, "machine 65"));
    copy("/bin/sh", "class");
    poke("class", EI_CLASS, sizeof(long) == 8 ? ELFCLASS32 : ELFCLASS64);
    ck_assert_int_eq(verdict("./class"), PROBE_OTHER_ARCHITECTURE);
}
END_TEST

/* Changes the first program header of a type: its size in the file, or where that begins. */
static void change_header(const char *name, ElfW(Word) type, int is_size, ElfW(Off) number)
{
    const int fd = open(name, O_RDWR);
    ElfW(Phdr) header = {.p_type = 0};
    ElfW(Ehdr) top;
    off_t at;

    ck_assert_int_eq(pread(fd, &top, sizeof top, 0), sizeof top);
    for (at = (off_t)top.e_phoff - (off_t)sizeof header; header.p_type != type;) {
        at += (off_t)sizeof header;
        ck_assert_int_eq(pread(fd, &header, sizeof header, at), sizeof header);
    }
    if (is_size)
        header.p_filesz = number;
    else
        header.p_offset = number;
    ck_assert_int_eq(pwrite(fd, &header, sizeof header, at), sizeof header);
    close(fd);
}

START_TEST(headers_that_make_no_sense_are_no_program)
{
    copy("/bin/sh", "program");
    change_header("program", PT_INTERP, 1, 0);
    ck_assert_int_eq(verdict("./program"), PROBE_NOT_EXECUTABLE);
    change_header("program", PT_INTERP, 1, 5000);
    ck_assert_int_eq(verdict("./program"), PROBE_NOT_EXECUTABLE);
    copy("/bin/sh", "noted");
    change_header("noted", PT_NOTE, 0, 1 << 30);
    ck_assert_int_eq(verdict("./noted"), PROBE_LOADS);
}
END_TEST

START_TEST(what_is_cut_short_is_not_executable)
{
    copy("/bin/sh", "cut");
    ck_assert_int_eq(truncate("cut", 100), 0);
    ck_assert_int_eq(verdict("./cut"), PROBE_NOT_EXECUTABLE);
    probe_command("./cut", NULL, &probe);
    ck_assert_int_eq(probe.verdict, PROBE_NOT_EXECUTABLE);
    ck_assert_int_eq(truncate("cut", 20), 0);
    ck_assert_int_eq(verdict("./cut"), PROBE_NOT_EXECUTABLE);
}
END_TEST

START_TEST(an_id_that_the_file_changes_makes_it_inert)
{
    if (getuid() != 0) {
        run_skip("needs root");
        return;
    }
    copy("/bin/sh", "set");
    ck_assert_int_eq(chown("set", 65534, 65534), 0);
    ck_assert_int_eq(chmod("set", 04755), 0);
    ck_assert_int_eq(verdict("./set"), PROBE_SET_USER_ID);
    ck_assert_int_eq(chmod("set", 02755), 0);
    ck_assert_int_eq(verdict("./set"), PROBE_SET_USER_ID);
    put_script("script", "#!./set\n");
    ck_assert_int_eq(verdict("./script"), PROBE_SET_USER_ID);
    ck_assert_int_eq(chown("set", 0, 0), 0); /* our own: nothing changes */
    ck_assert_int_eq(chmod("set", 06755), 0);
    ck_assert_int_eq(verdict("./set"), PROBE_LOADS);
}
END_TEST

START_TEST(the_loader_has_the_last_word)
{
    put_file("libbad.so", "");
    find_library();
    copy(library, "lib bad.so"); /* a blank: two libraries, for ld.so */
    probe_command("sh", "libbad.so", &probe);
    ck_assert_int_eq(probe.verdict, PROBE_NOT_LOADED);
    probe_command("sh", sandbox_name("lib bad.so", library, sizeof library), &probe);
    ck_assert_int_eq(probe.verdict, PROBE_NOT_LOADED);
    ck_assert_str_ne(probe.reason, "");
}
END_TEST

START_TEST(the_probe_leaves_nothing_open)
{
    const int before = count_descriptors();

    verdict("sh");
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(the_probe_works_with_standard_streams_closed)
{
    const int kept = dup(2);
    enum probe_verdict found;

    close(0);
    close(1);
    close(2);
    find_library();
    probe_command("sh", library, &probe);
    found = probe.verdict;
    dup2(kept, 2);
    ck_assert_int_eq(found, PROBE_LOADS);
}
END_TEST

START_TEST(the_library_that_is_named_is_taken_or_nothing)
{
    char out[4096];
    char expected[4096];

    find_library();
    copy(library, "named.so");
    put_directory("a b");
    copy(library, "a b/named.so");
    copy(library, "a:b.so");
    setenv("NOCLOBBER_LIBRARY", "named.so", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), 0);
    ck_assert_str_eq(out, sandbox_name("named.so", expected, sizeof expected));
    setenv("NOCLOBBER_LIBRARY", "a b/named.so", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), -EINVAL);
    setenv("NOCLOBBER_LIBRARY", "a:b.so", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), -EINVAL);
    put_directory("gone");
    ck_assert(chdir("gone") == 0 && rmdir("../gone") == 0);
    setenv("NOCLOBBER_LIBRARY", "named.so", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), -ENOENT);
    setenv("NOCLOBBER_LIBRARY", "/tmp", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), -ENOENT);
    setenv("NOCLOBBER_LIBRARY", "/nothing/here.so", 1);
    ck_assert_int_eq(probe_find_library(out, sizeof out), -ENOENT);
}
END_TEST

static const struct {
    const char *name;
    const char *text;
    const char *says;
} missing[] = {
    {"an interpreter", "#!/nothing/here -x\n",
     "the first line of './script' asks for '/nothing/here', which was not found; install it"},
    {"a name for env", "#!/usr/bin/env nothing-here\n",
     "the first line of './script' asks for 'nothing-here', which was not found; install it, or "
     "add"},
    {"a name with a blank for env", "#!/usr/bin/env sh -e\n",
     "asks for 'sh -e', which was not found"},
    {"a DOS line", "#!/bin/sh\r\n",
     "asks for '/bin/sh\r', which was not found; save the script with Unix line endings"},
    {"a DOS line for env", "#!/usr/bin/env sh\r\n",
     "asks for 'sh\r', which was not found; save the script"},
    {"what may not be executed", "#!./plain\n", "asks for './plain', which can't be executed: "},
};

START_TEST(what_a_script_asks_for_in_vain_is_named)
{
    put_file("plain", "");
    put_script("script", missing[_i].text);
    ck_assert_int_ne(verdict("./script"), PROBE_LOADS);
    ck_assert_msg(strstr(probe.reason, missing[_i].says), "%s: %s", missing[_i].name, probe.reason);
}
END_TEST

/* Of the other byte order. */
START_TEST(another_byte_order_is_another_architecture)
{
    const size_t is_little = __BYTE_ORDER == __LITTLE_ENDIAN;

    copy("/bin/sh", "turned");
    poke("turned", EI_DATA, is_little ? ELFDATA2MSB : ELFDATA2LSB);
    poke("turned", (off_t)(offsetof(Elf64_Ehdr, e_machine) + is_little), EM_S390);
    poke("turned", (off_t)(offsetof(Elf64_Ehdr, e_machine) + !is_little), 0);
    ck_assert_int_eq(verdict("./turned"), PROBE_OTHER_ARCHITECTURE);
    ck_assert_msg(strstr(probe.reason, "s390"), "%s", probe.reason);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_script_is_followed, 0, ROWS(scripts));
    tcase_add_test(tcase, a_program_on_path_loads);
    tcase_add_test(tcase, path_is_looked_through_as_execvp_does);
    tcase_add_test(tcase, what_cannot_be_executed_is_told_from_what_is_not_there);
    tcase_add_test(tcase, a_name_that_is_too_long_is_passed_by);
    tcase_add_test(tcase, a_loader_that_is_not_there_is_named);
    tcase_add_test(tcase, a_loader_that_cannot_be_asked_loads_nothing);
    tcase_add_test(tcase, what_may_be_executed_and_not_read_is_not_known);
    tcase_add_test(tcase, a_library_is_no_program_with_a_loader);
    tcase_add_test(tcase, another_architecture_is_told_by_the_header);
    tcase_add_test(tcase, headers_that_make_no_sense_are_no_program);
    tcase_add_test(tcase, what_is_cut_short_is_not_executable);
    tcase_add_test(tcase, an_id_that_the_file_changes_makes_it_inert);
    tcase_add_test(tcase, the_loader_has_the_last_word);
    tcase_add_test(tcase, the_probe_leaves_nothing_open);
    tcase_add_test(tcase, the_probe_works_with_standard_streams_closed);
    tcase_add_test(tcase, the_library_that_is_named_is_taken_or_nothing);
    tcase_add_loop_test(tcase, what_a_script_asks_for_in_vain_is_named, 0, ROWS(missing));
    tcase_add_test(tcase, another_byte_order_is_another_architecture);
}

int main(void)
{
    return run_tests("probe", add);
}

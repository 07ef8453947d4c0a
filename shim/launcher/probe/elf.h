/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_ELF_H
#define NOCLOBBER_LAUNCHER_PROBE_ELF_H

/*
 * The facts of an ELF file (elf(5)), of either class, that decide whether a library can be loaded
 * into it.
 */

struct elf {
    unsigned char kind[2]; /* EI_CLASS and EI_DATA: 32 or 64 bits, byte order */
    unsigned machine;      /* e_machine */
    /* The rest is filled in only for files of this machine's byte order. */
    int is_go;     /* made by the Go linker: Go makes system calls directly, with or without libc */
    int is_broken; /* the program headers are invalid; ignore `is_go` and `loader` */
    char loader[4096]; /* PT_INTERP, or "" */
};

/* Reads the file at `path`. Returns 0; -ENOEXEC if it is not an ELF file; or -errno. */
int elf_read(const char *path, struct elf *elf);

/* Whether one can be loaded into a process of the other: 1 or 0. */
int elf_is_same_architecture(const struct elf *one, const struct elf *other);

/*
 * Writes what the file was made for: "64-bit x86", "32-bit ARM", "64-bit machine 243". Returns
 * `out`, of `size` bytes.
 */
char *elf_describe(const struct elf *elf, char *out, unsigned size);

#endif

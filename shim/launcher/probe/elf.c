/* SPDX-License-Identifier: MIT */
/*
 * Reads only the header and the program headers, which strip(1) keeps; section names may be gone.
 */
#include "launcher/probe/elf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* More than any program has; the kernel accepts at most 64 KiB. */
#define MOST_HEADERS 128

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define OWN_ORDER ELFDATA2LSB
#else
#define OWN_ORDER ELFDATA2MSB
#endif

struct image {
    int fd;
    struct elf *elf;
};

/* A part of the file, from a program header of either class. */
struct extent {
    unsigned type;
    unsigned long long offset;
    unsigned long long size;
};

static int read_at(const struct image *image, void *out, size_t size, unsigned long long offset)
{
    const ssize_t got = pread(image->fd, out, size, (off_t)offset);

    if (got < 0)
        return -errno;
    return (size_t)got == size ? 0 : -ENOEXEC;
}

static int read_loader(const struct image *image, const struct extent *extent)
{
    int result;

    if (extent->size == 0 || extent->size > sizeof image->elf->loader)
        return -ENOEXEC;
    result = read_at(image, image->elf->loader, (size_t)extent->size, extent->offset);
    image->elf->loader[extent->size - 1] = '\0';
    return result;
}

/* Whether the extent has a note with owner "Go" (type 4: the build id of the Go linker). */
static int has_go_note(const struct image *image, const struct extent *extent)
{
    unsigned char notes[1024];
    const size_t size = extent->size < sizeof notes ? (size_t)extent->size : sizeof notes;
    Elf32_Nhdr note; /* the same in both classes */
    size_t at = 0;

    if (read_at(image, notes, size, extent->offset) != 0)
        return 0;
    while (at + sizeof note + 4 <= size) {
        memcpy(&note, notes + at, sizeof note);
        if (note.n_namesz == 4 && memcmp(notes + at + sizeof note, "Go\0", 4) == 0)
            return 1;
        if (note.n_namesz > size || note.n_descsz > size)
            return 0;
        at += sizeof note + ((note.n_namesz + 3U) & ~3U) + ((note.n_descsz + 3U) & ~3U);
    }
    return 0;
}

static int read_segment(const struct image *image, unsigned long long offset, int is_wide)
{
    struct extent extent;
    Elf64_Phdr wide;
    Elf32_Phdr narrow;
    const int result = is_wide ? read_at(image, &wide, sizeof wide, offset)
                               : read_at(image, &narrow, sizeof narrow, offset);

    if (result != 0)
        return result;
    extent = is_wide ? (struct extent){wide.p_type, wide.p_offset, wide.p_filesz}
                     : (struct extent){narrow.p_type, narrow.p_offset, narrow.p_filesz};
    if (extent.type == PT_INTERP)
        return read_loader(image, &extent);
    if (extent.type == PT_NOTE && !image->elf->is_go)
        image->elf->is_go = has_go_note(image, &extent);
    return 0;
}

static int read_segments(const struct image *image, const Elf32_Ehdr *narrow,
                         const Elf64_Ehdr *wide)
{
    const int is_wide = image->elf->kind[0] == ELFCLASS64;
    const size_t width = is_wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    const unsigned long long offset = is_wide ? wide->e_phoff : narrow->e_phoff;
    const size_t count = is_wide ? wide->e_phnum : narrow->e_phnum;
    int result = 0;

    if ((is_wide ? wide->e_phentsize : narrow->e_phentsize) != width || count > MOST_HEADERS)
        return -ENOEXEC;
    for (size_t i = 0; result == 0 && i < count; i++)
        result = read_segment(image, offset + i * width, is_wide);
    return result;
}

/* For the other byte order, the architecture is enough. */
static int read_image(const struct image *image)
{
    Elf32_Ehdr narrow;
    Elf64_Ehdr wide = {0};
    int result = read_at(image, &narrow, sizeof narrow, 0);

    if (result == 0 && memcmp(narrow.e_ident, ELFMAG, SELFMAG) != 0)
        result = -ENOEXEC;
    if (result == 0 && narrow.e_ident[EI_CLASS] == ELFCLASS64)
        result = read_at(image, &wide, sizeof wide, 0);
    if (result != 0)
        return result;
    image->elf->kind[0] = narrow.e_ident[EI_CLASS];
    image->elf->kind[1] = narrow.e_ident[EI_DATA];
    image->elf->machine = narrow.e_machine;
    if (image->elf->kind[1] == OWN_ORDER)
        image->elf->is_broken = read_segments(image, &narrow, &wide) != 0;
    else
        image->elf->machine = __builtin_bswap16(narrow.e_machine);
    return 0;
}

int elf_read(const char *path, struct elf *elf)
{
    struct image image = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
                          .elf = elf};
    int result;

    memset(elf, 0, sizeof *elf);
    if (image.fd == -1)
        return -errno;
    result = read_image(&image);
    close(image.fd);
    return result;
}

int elf_is_same_architecture(const struct elf *one, const struct elf *other)
{
    return memcmp(one->kind, other->kind, sizeof one->kind) == 0 && one->machine == other->machine;
}

char *elf_describe(const struct elf *elf, char *out, unsigned size)
{
    static const struct {
        unsigned machine;
        const char *name;
    } known[] = {{EM_386, "x86"},     {EM_X86_64, "x86"}, {EM_ARM, "ARM"},      {EM_AARCH64, "ARM"},
                 {EM_PPC64, "POWER"}, {EM_S390, "s390"},  {EM_RISCV, "RISC-V"}, {EM_MIPS, "MIPS"}};
    const int bits = elf->kind[0] == ELFCLASS64 ? 64 : 32;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].machine == elf->machine) {
            snprintf(out, size, "%d-bit %s", bits, known[i].name);
            return out;
        }
    snprintf(out, size, "%d-bit machine %u", bits, elf->machine);
    return out;
}

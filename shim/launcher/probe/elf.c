/* SPDX-License-Identifier: MIT */
/* Only the header and the program headers are read, which strip(1) keeps: section names it may drop. */
#include "launcher/probe/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* No program has more of them by far; the kernel takes at most 64 KiB. */
#define MOST_HEADERS 128

struct image {
    int fd;
    struct elf *elf;
};

/* A part of the file, from a program header. */
struct extent {
    unsigned type;
    unsigned long long offset;
    unsigned long long size;
};

/* The number of `width` bytes at `bytes`, in the byte order of the file. */
static unsigned long long number(const struct elf *elf, const unsigned char *bytes, size_t width)
{
    unsigned long long value = 0;

    for (size_t i = 0; i < width; i++)
        value = value << 8 | bytes[elf->kind[1] == ELFDATA2LSB ? width - 1 - i : i];
    return value;
}

static int read_at(const struct image *image, void *out, size_t size, unsigned long long offset)
{
    const ssize_t got = pread(image->fd, out, size, (off_t)offset);

    if (got < 0)
        return -errno;
    return (size_t)got == size ? 0 : -ENOEXEC;
}

/* A field of both classes' structures, by its name: they differ in order and width. */
#define FIELD(image, bytes, structure, name)                                                       \
    ((image)->elf->kind[0] == ELFCLASS64                                                           \
         ? number((image)->elf, (bytes) + offsetof(Elf64_##structure, name),                       \
                  sizeof((Elf64_##structure *)NULL)->name)                                         \
         : number((image)->elf, (bytes) + offsetof(Elf32_##structure, name),                       \
                  sizeof((Elf32_##structure *)NULL)->name))

static int read_loader(const struct image *image, const struct extent *extent)
{
    if (extent->size == 0 || extent->size > sizeof image->elf->loader)
        return -ENOEXEC;
    const int result = read_at(image, image->elf->loader, (size_t)extent->size, extent->offset);

    image->elf->loader[extent->size - 1] = '\0';
    return result;
}

/* Whether there is a note of owner "Go" (the build id that the Go linker writes, type 4) among the extent's notes. */
static int has_go_note(const struct image *image, const struct extent *extent)
{
    unsigned char notes[1024];
    const size_t size = extent->size < sizeof notes ? (size_t)extent->size : sizeof notes;
    size_t at = 0;

    if (read_at(image, notes, size, extent->offset) != 0)
        return 0;
    while (at + 16 <= size) {
        const unsigned long long name = number(image->elf, notes + at, 4);
        const unsigned long long content = number(image->elf, notes + at + 4, 4);

        if (name == 4 && memcmp(notes + at + 12, "Go\0", 4) == 0)
            return 1;
        if (name > size || content > size)
            return 0;
        at += 12 + (size_t)((name + 3) & ~3ULL) + (size_t)((content + 3) & ~3ULL);
    }
    return 0;
}

static int read_segment(const struct image *image, const unsigned char *header)
{
    const struct extent extent = {
        .type = (unsigned)FIELD(image, header, Phdr, p_type),
        .offset = FIELD(image, header, Phdr, p_offset),
        .size = FIELD(image, header, Phdr, p_filesz),
    };

    if (extent.type == PT_INTERP)
        return read_loader(image, &extent);
    if (extent.type == PT_NOTE && !image->elf->is_go)
        image->elf->is_go = has_go_note(image, &extent);
    return 0;
}

static int read_segments(const struct image *image, const unsigned char *header)
{
    const size_t width =
        image->elf->kind[0] == ELFCLASS64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    const unsigned long long offset = FIELD(image, header, Ehdr, e_phoff);
    const size_t count = (size_t)FIELD(image, header, Ehdr, e_phnum);
    unsigned char segment[sizeof(Elf64_Phdr)];
    int result = 0;

    if (FIELD(image, header, Ehdr, e_phentsize) != width || count > MOST_HEADERS)
        return -ENOEXEC;
    for (size_t i = 0; result == 0 && i < count; i++) {
        result = read_at(image, segment, width, offset + i * width);
        if (result == 0)
            result = read_segment(image, segment);
    }
    return result;
}

static int read_image(const struct image *image)
{
    unsigned char header[sizeof(Elf64_Ehdr)] = {0};
    int result = read_at(image, header, sizeof(Elf32_Ehdr), 0);

    if (result == 0 && memcmp(header, ELFMAG, SELFMAG) != 0)
        result = -ENOEXEC;
    if (result == 0 && header[EI_CLASS] == ELFCLASS64)
        result = read_at(image, header, sizeof(Elf64_Ehdr), 0);
    if (result != 0)
        return result;
    image->elf->kind[0] = header[EI_CLASS];
    image->elf->kind[1] = header[EI_DATA];
    image->elf->machine = (unsigned)FIELD(image, header, Ehdr, e_machine);
    image->elf->is_broken = read_segments(image, header) != 0;
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

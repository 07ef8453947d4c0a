/* SPDX-License-Identifier: MIT */
/* Which register is what, by the calling conventions of syscall(2), and that nothing else is touched. */
#include "tracer/registers.h"

#include "unit/run.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <string.h>

#include "tracer/calls.h"

static const struct registers_call call = {
    0x123, {0x1111111122222222, 2, 0x3333333344444444, 4, 5, 0x6666666677777777}};

static const struct abi *abi_named(const char *name)
{
    size_t count;
    const struct abi *const list = abi_list(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    ck_abort_msg("no ABI %s", name);
    return NULL;
}

/* Every register has a value of its own. */
static struct registers number_registers(void)
{
    struct registers registers;

    memset(&registers, 0, sizeof registers);
    for (unsigned i = 0; i < sizeof registers.words / sizeof *registers.words; i++)
        registers.words[i] = 0xA0A0A0A0B0B0B000 + i;
    return registers;
}

/* ---- each architecture -------------------------------------------------------------------------- */

#if defined(__x86_64__)
/* Indices into struct user_regs_struct. */
enum {
    R15,
    R14,
    R13,
    R12,
    RBP,
    RBX,
    R11,
    R10,
    R9,
    R8,
    RAX,
    RCX,
    RDX,
    RSI,
    RDI,
    ORIG_RAX,
    RIP,
    CS,
    EFLAGS,
    RSP
};

static const struct {
    const char *abi;
    unsigned places[6];
} conventions[] = {
    {"x86-64", {RDI, RSI, RDX, R10, R8, R9}},
    {"x32", {RDI, RSI, RDX, R10, R8, R9}},
    {"i386", {RBX, RCX, RDX, RSI, RDI, RBP}},
};

START_TEST(going_back_to_the_instruction_changes_number_and_arguments_alone)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    const int is_32_bit = strcmp(abi->name, "i386") == 0;
    struct registers wanted = number_registers();
    struct registers registers = number_registers();

    registers_repeat(&registers, abi, &call);
    wanted.words[RIP] -= 2;
    wanted.words[RAX] = call.number;
    for (unsigned i = 0; i < 6; i++)
        wanted.words[conventions[_i].places[i]] =
            is_32_bit ? (uint32_t)call.arguments[i] : call.arguments[i];
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
}
END_TEST

START_TEST(a_result_changes_one_register)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers wanted = number_registers();
    struct registers registers = number_registers();

    registers_set_result(&registers, abi, -EEXIST);
    wanted.words[RAX] = (uint64_t)-EEXIST;
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
}
END_TEST

START_TEST(what_another_call_has_changed_is_set_back)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    const struct registers_call other = {0x456, {1, 2, 3, 4, 5, 6}};
    struct registers wanted = number_registers();
    struct registers registers = number_registers();

    if (!abi_is_full_width(abi))
        return;
    registers_restore(&wanted, abi, &call);
    registers_restore(&registers, abi, &other);
    ck_assert_uint_eq(registers.words[ORIG_RAX], other.number);
    ck_assert_uint_eq(registers.words[conventions[_i].places[4]], 5);
    registers_restore(&registers, abi, &call);
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
    ck_assert_uint_eq(wanted.words[conventions[_i].places[2]], call.arguments[2]);
}
END_TEST

START_TEST(a_result_is_read_by_its_width)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers registers = number_registers();

    registers.words[RAX] = abi_is_full_width(abi) ? (uint64_t)-EEXIST : (uint32_t)-EEXIST;
    ck_assert_int_eq(registers_result(&registers, abi), -EEXIST);
    registers.words[RAX] = 0;
    ck_assert_int_eq(registers_result(&registers, abi), 0);
}
END_TEST

START_TEST(a_place_is_known_by_instruction_and_stack)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers registers = number_registers();

    registers.words[RIP] = 0x1000;
    registers.words[RSP] = 0x2000;
    ck_assert_int_eq(registers_are_at(&registers, abi, 0x1000, 0x2000), 1);
    ck_assert_int_eq(registers_are_at(&registers, abi, 0x1002, 0x2000), 0);
    ck_assert_int_eq(registers_are_at(&registers, abi, 0x1000, 0x2008), 0);
}
END_TEST

#elif defined(__aarch64__)

/* 64-bit: x0 to x30, sp, pc, pstate. 32-bit: r0 to r15, cpsr, the first argument once more. */
static const struct {
    const char *abi;
    unsigned is_32_bit, status, instruction;
} conventions[] = {
    {"aarch64", 0, 0, 4}, {"arm", 1, 0x10, 4}, {"arm", 1, 0x30, 2}, /* in Thumb state */
};

static struct registers convention_registers(int row)
{
    struct registers registers = number_registers();

    registers.size = sizeof registers.words;
    if (conventions[row].is_32_bit) {
        registers.size = sizeof registers.halves;
        registers.halves[16] = conventions[row].status;
    }
    return registers;
}

START_TEST(going_back_to_the_instruction_changes_number_and_arguments_alone)
{
    struct registers wanted = convention_registers(_i);
    struct registers registers = convention_registers(_i);

    registers_repeat(&registers, abi_named(conventions[_i].abi), &call);
    if (conventions[_i].is_32_bit) {
        wanted.halves[15] -= conventions[_i].instruction;
        wanted.halves[7] = call.number;
    } else {
        wanted.words[32] -= conventions[_i].instruction;
        wanted.words[8] = call.number;
    }
    for (unsigned i = 0; i < 6; i++)
        if (conventions[_i].is_32_bit)
            wanted.halves[i] = (uint32_t)call.arguments[i];
        else
            wanted.words[i] = call.arguments[i];
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
}
END_TEST

START_TEST(a_result_changes_one_register)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers wanted = convention_registers(_i);
    struct registers registers = convention_registers(_i);

    registers_set_result(&registers, abi, -EEXIST);
    if (conventions[_i].is_32_bit)
        wanted.halves[0] = (uint32_t)-EEXIST;
    else
        wanted.words[0] = (uint64_t)-EEXIST;
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
}
END_TEST

START_TEST(what_another_call_has_changed_is_set_back)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    const struct registers_call other = {0x456, {1, 2, 3, 4, 5, 6}};
    struct registers wanted = convention_registers(_i);
    struct registers registers = convention_registers(_i);

    registers_restore(&wanted, abi, &call);
    registers_restore(&registers, abi, &other);
    registers_restore(&registers, abi, &call);
    ck_assert_mem_eq(&registers, &wanted, sizeof registers);
}
END_TEST

START_TEST(a_result_is_read_by_its_width)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers registers = convention_registers(_i);

    registers_set_result(&registers, abi, -EEXIST);
    ck_assert_int_eq(registers_result(&registers, abi), -EEXIST);
}
END_TEST

START_TEST(a_place_is_known_by_instruction_and_stack)
{
    const struct abi *const abi = abi_named(conventions[_i].abi);
    struct registers registers = convention_registers(_i);
    const uint64_t instruction =
        conventions[_i].is_32_bit ? registers.halves[15] : registers.words[32];
    const uint64_t stack = conventions[_i].is_32_bit ? registers.halves[13] : registers.words[31];

    ck_assert_int_eq(registers_are_at(&registers, abi, instruction, stack), 1);
    ck_assert_int_eq(registers_are_at(&registers, abi, instruction + 4, stack), 0);
    ck_assert_int_eq(registers_are_at(&registers, abi, instruction, stack + 8), 0);
}
END_TEST
#endif

/* ---- the exclusive call in place of the program's ------------------------------------------------ */

static struct registers_call exclude(const struct abi *abi, enum abi_call name, uint64_t flags)
{
    struct tracee tracee;

    memset(&tracee, 0, sizeof tracee);
    tracee.abi = abi;
    tracee.name = name;
    tracee.call = call;
    tracee.call.number = abi->numbers[name];
    tracee.call.arguments[4] = flags;
    return calls_exclusive(&tracee);
}

START_TEST(rename_s_arguments_shift)
{
    size_t count;
    const struct abi *const list = abi_list(&count);

    for (size_t i = 0; i < count; i++) {
        const struct registers_call made = exclude(&list[i], ABI_RENAME, 5);

        ck_assert_uint_eq(made.number, list[i].numbers[ABI_RENAMEAT2]);
        ck_assert_int_eq((int)made.arguments[0], AT_FDCWD);
        ck_assert_uint_eq(made.arguments[1], call.arguments[0]);
        ck_assert_int_eq((int)made.arguments[2], AT_FDCWD);
        ck_assert_uint_eq(made.arguments[3], call.arguments[1]);
        ck_assert_uint_eq(made.arguments[4], RENAME_NOREPLACE);
    }
}
END_TEST

START_TEST(those_of_the_others_stay_and_renameat2_keeps_its_flags)
{
    size_t count;
    const struct abi *const list = abi_list(&count);

    for (size_t i = 0; i < count; i++) {
        struct registers_call made = exclude(&list[i], ABI_RENAMEAT, 4);

        ck_assert_uint_eq(made.number, list[i].numbers[ABI_RENAMEAT2]);
        ck_assert_mem_eq(made.arguments, call.arguments, 4 * sizeof *made.arguments);
        ck_assert_uint_eq(made.arguments[4], RENAME_NOREPLACE);
        made = exclude(&list[i], ABI_RENAMEAT2, RENAME_WHITEOUT);
        ck_assert_uint_eq(made.number, list[i].numbers[ABI_RENAMEAT2]);
        ck_assert_mem_eq(made.arguments, call.arguments, 4 * sizeof *made.arguments);
        ck_assert_uint_eq(made.arguments[4], RENAME_NOREPLACE | RENAME_WHITEOUT);
    }
}
END_TEST

/* ---- numbers ------------------------------------------------------------------------------------ */

START_TEST(a_watched_call_is_found_by_architecture_and_number)
{
    size_t count;
    const struct abi *const list = abi_list(&count);

    for (size_t i = 0; i < count; i++)
        for (unsigned name = 0; name < ABI_WATCHED; name++) {
            enum abi_call found = ABI_CALLS;

            if (list[i].numbers[name] == ABI_NONE)
                continue;
            ck_assert_ptr_eq(abi_find(list[i].architecture, list[i].numbers[name], &found),
                             &list[i]);
            ck_assert_uint_eq(found, name);
            ck_assert_ptr_null(abi_find(AUDIT_ARCH_RISCV64, list[i].numbers[name], &found));
            ck_assert_ptr_null(
                abi_find(list[i].architecture, list[i].numbers[name] + (1ULL << 32), &found));
        }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, going_back_to_the_instruction_changes_number_and_arguments_alone, 0,
                        ROWS(conventions));
    tcase_add_loop_test(tcase, a_result_changes_one_register, 0, ROWS(conventions));
    tcase_add_loop_test(tcase, what_another_call_has_changed_is_set_back, 0, ROWS(conventions));
    tcase_add_loop_test(tcase, a_result_is_read_by_its_width, 0, ROWS(conventions));
    tcase_add_loop_test(tcase, a_place_is_known_by_instruction_and_stack, 0, ROWS(conventions));
    tcase_add_test(tcase, rename_s_arguments_shift);
    tcase_add_test(tcase, those_of_the_others_stay_and_renameat2_keeps_its_flags);
    tcase_add_test(tcase, a_watched_call_is_found_by_architecture_and_number);
}

int main(void)
{
    return run_tests("registers", add);
}

#else
int main(void)
{
    run_skip("the tracer does not know this architecture");
    return 0;
}
#endif

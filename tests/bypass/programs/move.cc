// SPDX-License-Identifier: MIT
#include <filesystem>

int main(int, char **names)
{
    std::error_code error;

    std::filesystem::rename(names[1], names[2], error);
    return error.value();
}

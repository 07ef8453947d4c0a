-- SPDX-License-Identifier: MIT
assert(os.rename(arg[1], arg[2]))

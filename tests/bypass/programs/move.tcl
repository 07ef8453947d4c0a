# SPDX-License-Identifier: MIT
file rename -force [lindex $argv 0] [lindex $argv 1]

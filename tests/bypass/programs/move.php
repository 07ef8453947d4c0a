<?php
// SPDX-License-Identifier: MIT
exit(rename($argv[1], $argv[2]) ? 0 : 1);

// SPDX-License-Identifier: MIT
package main

import "os"

func main() {
	if err := os.Rename(os.Args[1], os.Args[2]); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}

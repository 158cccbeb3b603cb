// The Go SDK's contenders: write-records ROWS, or upload FILE TABLE.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 2 && arguments[0] == "write-records" {
		rows, err := strconv.Atoi(arguments[1])
		if err != nil {
			return err
		}
		return writeRecords(rows)
	}
	if len(arguments) == 3 && arguments[0] == "upload" {
		return uploadCsv(arguments[1], arguments[2])
	}
	return fmt.Errorf("expected write-records ROWS or upload FILE TABLE, got %v", arguments)
}

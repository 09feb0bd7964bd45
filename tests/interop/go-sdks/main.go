// Drives the main operations of OSS with both official Go SDKs, against the endpoint given as the only argument.
// Prints one line per check that went wrong and exits 1, or "ok" for each SDK and exits 0.
package main

import (
	"fmt"
	"os"
)

// check is one thing that an SDK must see: what it is, and the error or difference found.
type check struct {
	what string
	err  error
}

func main() {
	endpoint := os.Args[1]
	failed := false
	for name, drive := range map[string]func(string) []check{"v1, signature V1": driveOld("v1"), "v1, signature V4": driveOld("v4"), "v2": driveNew} {
		broken := false
		for _, one := range drive(endpoint) {
			if one.err != nil {
				fmt.Printf("%s: %s: %v\n", name, one.what, one.err)
				broken = true
			}
		}
		if !broken {
			fmt.Printf("%s: ok\n", name)
		}
		failed = failed || broken
	}
	if failed {
		os.Exit(1)
	}
}

// same compares what came back with what was expected.
func same(what string, err error, got, want any) check {
	if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
		err = fmt.Errorf("got %v, want %v", got, want)
	}
	return check{what, err}
}

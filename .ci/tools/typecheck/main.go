// Command typecheck says whether packages and their tests are right for another system, without compiling them or
// anything that they import: what `go vet` takes minutes for from an empty cache takes it seconds. `make vet` runs it:
//
//	typecheck FOLDER SYSTEM PACKAGE...      (a folder of the packages' module; a GOOS)
package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: typecheck FOLDER SYSTEM PACKAGE...")
		os.Exit(2)
	}
	folder, system, patterns := os.Args[1], os.Args[2], os.Args[3:]
	found, err := packages.Load(&packages.Config{
		Dir: folder, Env: append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"), Tests: true,
		// Types of everything from its source: asked for less, Load has the compiler write them.
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes,
	}, patterns...)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no package in %q", patterns)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "typecheck for %s: %v\n", system, err)
		os.Exit(1)
	}
	if packages.PrintErrors(found) > 0 {
		os.Exit(1)
	}
}

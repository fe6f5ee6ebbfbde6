package loader

import _ "embed" // the built-in case

//go:embed example.yaml
var example []byte

// Example is the built-in case as a case file in orbat YAML: a US strike in Syria in July 2023.
func Example() []byte { return append([]byte(nil), example...) }

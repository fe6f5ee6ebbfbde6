package loader

import _ "embed" // the built-in case, and what reports take for granted

//go:embed example.yaml
var example []byte

//go:embed background.yaml
var background []byte

// Background is what reports take for granted, as a case file in orbat YAML: commands, services, armed groups,
// platforms.
func Background() []byte { return append([]byte(nil), background...) }

// Example is the built-in case as a case file in orbat YAML: a US strike in Syria in July 2023.
func Example() []byte { return append([]byte(nil), example...) }

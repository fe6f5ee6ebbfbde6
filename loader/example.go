package loader

import _ "embed" // the built-in case, a report of it, and what reports take for granted

//go:embed example.yaml
var example []byte

//go:embed background.yaml
var background []byte

//go:embed article.txt
var articleText []byte

// Article is a report in prose that tells facts of the built-in case, as a newspaper would.
func Article() []byte { return append([]byte(nil), articleText...) }

// Background is what reports take for granted, as a case file in orbat YAML: commands, services, armed groups,
// platforms.
func Background() []byte { return append([]byte(nil), background...) }

// Example is the built-in case as a case file in orbat YAML: a US strike in Syria in July 2023.
func Example() []byte { return append([]byte(nil), example...) }

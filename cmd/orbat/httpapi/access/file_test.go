package access

import "testing"

// What is mistyped, or empty, opens nothing.
func TestCallersAreReadStrictly(t *testing.T) {
	for text, good := range map[string]bool{
		"callers:": true,
		"callers:\n- {name: ann, role: reader, max_marking: TLP:GREEN, datasets: [mine]}": true,
		"callers:\n- {name: ann, role: reader, datasets: []}":                             true,
		"callers:\n- {name: ann, role: reader, max_marking: }":                            false,
		"callers:\n- {name: ann, role: reader, max_marking: null}":                        false,
		"callers:\n- name: ann\n  role: reader\n  datasets:\n":                            false,
		"callers:\n- {name: ann, role: reader, expires: ~}":                               false,
		"callers:\n- {name: ann, role: reader, maxmarking: TLP:GREEN}":                    false,
		"callers:\n- {name: ann, role: chief}":                                            false,
	} {
		if _, err := parse([]byte(text)); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
}

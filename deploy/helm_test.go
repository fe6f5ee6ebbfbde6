package deploy

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// The pods that Dgraph's chart makes are reached by nobody but each other, and by those who carry the clients' label at
// the ports for clients.
func TestHelmNetwork(t *testing.T) {
	t.Parallel()
	chart := map[string]map[string]string{ // the labels that the chart gives its pods, release and component being ours
		"zero":  {"app": "dgraph", "release": "orbat", "component": "zero", "chart": "dgraph-25.0.0"},
		"alpha": {"app": "dgraph", "release": "orbat", "component": "alpha", "chart": "dgraph-25.0.0"},
	}
	others := map[string]map[string]string{"client": {"orbat-client": "true"}, "stranger": {"app": "web"}}
	reached := map[string][]string{}
	for text := range bytes.SplitSeq(read(t, "helm-network.yaml"), []byte("\n---\n")) {
		var policy networkingv1.NetworkPolicy
		if err := yaml.UnmarshalStrict(text, &policy); err != nil {
			t.Fatal(err)
		}
		if len(policy.Spec.PolicyTypes) != 2 {
			t.Errorf("%s leaves one way free", policy.Name)
		}
		for to, labels := range chart {
			if !selects(policy.Spec.PodSelector.MatchLabels, labels) {
				continue
			}
			reached[to] = append(reached[to], "selected")
			for _, in := range policy.Spec.Ingress {
				if len(in.From) == 0 || len(in.Ports) == 0 {
					t.Errorf("%s: %+v is open", policy.Name, in)
				}
				for _, peer := range in.From {
					for from, labels := range joined(chart, others) {
						for _, port := range in.Ports {
							if selects(peer.PodSelector.MatchLabels, labels) {
								reached[to] = append(reached[to], from+":"+port.Port.String())
							}
						}
					}
				}
			}
		}
	}
	for to, want := range map[string]string{
		"zero":  "alpha:5080 selected zero:5080",
		"alpha": "alpha:7080 client:8080 client:9080 selected zero:7080",
	} {
		slices.Sort(reached[to])
		if got := strings.Join(slices.Compact(reached[to]), " "); got != want {
			t.Errorf("%s is reached by %s, want %s", to, got, want)
		}
	}
	if !bytes.Contains(read(t, "helm-values.yaml"), []byte("apply --filename helm-network.yaml")) {
		t.Error("the values do not tell to apply the policies")
	}
}

// selects reports whether a selector takes a pod with these labels.
func selects(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return true
}

func joined(all ...map[string]map[string]string) map[string]map[string]string {
	sum := map[string]map[string]string{}
	for _, m := range all {
		maps.Copy(sum, m)
	}
	return sum
}

// In every profile a login lasts for minutes: as long as a right that was taken away may last.
func TestLoginsEndSoon(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"compose.yaml", "compose.ha.yaml", "kubernetes/alpha.yaml", "helm-values.yaml"} {
		found := 0
		for line := range strings.Lines(string(read(t, file))) {
			if strings.Contains(line, "secret-file=") {
				if found++; !strings.Contains(line, "access-ttl=10m") {
					t.Errorf("%s: a login lasts for hours: %s", file, line)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s has no access control", file)
		}
	}
}

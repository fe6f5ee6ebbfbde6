package deploy

import (
	"bytes"
	"crypto/x509"
	"debug/elf"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kubernetes is what `kubectl apply --kustomize` would send, read strictly as the types of the API.
type kubernetes struct {
	sets     map[string]*appsv1.StatefulSet
	services map[string]*corev1.Service
	budgets  map[string]*policyv1.PodDisruptionBudget
	policies map[string]*networkingv1.NetworkPolicy
	secrets  map[string]*corev1.Secret
}

func renderKubernetes(t *testing.T, folder string) *kubernetes {
	t.Helper()
	rendered, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatal(err)
	}
	k := &kubernetes{
		map[string]*appsv1.StatefulSet{},
		map[string]*corev1.Service{},
		map[string]*policyv1.PodDisruptionBudget{},
		map[string]*networkingv1.NetworkPolicy{},
		map[string]*corev1.Secret{},
	}
	for _, r := range rendered.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if r.GetKind() != "Namespace" && r.GetNamespace() != "orbat" {
			t.Errorf("%s %s is in namespace %q", r.GetKind(), r.GetName(), r.GetNamespace())
		}
		var into any
		switch r.GetKind() {
		case "StatefulSet":
			into = place(k.sets, r.GetName())
		case "Service":
			into = place(k.services, r.GetName())
		case "PodDisruptionBudget":
			into = place(k.budgets, r.GetName())
		case "NetworkPolicy":
			into = place(k.policies, r.GetName())
		case "Secret":
			into = place(k.secrets, r.GetName())
		case "Namespace":
			into = &corev1.Namespace{}
		default:
			t.Fatalf("a %s, which no test knows", r.GetKind())
		}
		if err := yaml.UnmarshalStrict(text, into); err != nil {
			t.Errorf("%s %s: %v", r.GetKind(), r.GetName(), err)
		}
	}
	return k
}

func place[T any](into map[string]*T, name string) *T {
	into[name] = new(T)
	return into[name]
}

// The manifests are what the API takes; their pods may do nothing they need not, live on machines of their own, and
// find their secrets, each other, and certificates made out to their names.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "kubernetes")
	if err := os.CopyFS(folder, os.DirFS("kubernetes")); err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile("kubernetes/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string // those of the command that the file tells to run
	for _, m := range regexp.MustCompile(`--host '?([^ '\n]+)`).FindAllStringSubmatch(string(head), -1) {
		hosts = append(hosts, m[1])
	}
	secrets := makeSecrets(t, filepath.Join(folder, "secrets"), hosts...)
	k := renderKubernetes(t, folder)
	if len(k.sets) != 2 || len(k.services) != 3 || len(k.budgets) != 2 || len(k.policies) != 4 || len(k.secrets) != 2 {
		t.Errorf("%d stateful sets, %d services, %d budgets, %d policies, %d secrets", len(k.sets), len(k.services), len(k.budgets),
			len(k.policies), len(k.secrets))
	}
	for name, set := range k.sets {
		t.Run(name, func(t *testing.T) { k.checkSet(t, name, set) })
	}
	for name, policy := range k.policies {
		if name == "client" {
			continue // it only lets out
		}
		if !slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
			t.Errorf("policy %s lets everybody in", name)
		}
		for _, in := range policy.Spec.Ingress {
			if len(in.From) == 0 || len(in.Ports) == 0 {
				t.Errorf("policy %s: %+v is open", name, in)
			}
		}
	}
	block, _ := pem.Decode(read(t, filepath.Join(secrets.Dir, SecretTLS, "node.crt")))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"zero-2.zero.orbat.svc", "alpha-0.alpha.orbat.svc", "dgraph.orbat.svc", "localhost"} {
		if err := cert.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

func (k *kubernetes) checkSet(t *testing.T, name string, set *appsv1.StatefulSet) {
	pod := set.Spec.Template.Spec
	c := pod.Containers[0]
	ensure := func(what string, holds bool) {
		t.Helper()
		if !holds {
			t.Error("not so: " + what)
		}
	}
	labels := set.Spec.Template.Labels["app.kubernetes.io/name"]
	ensure("three, each chosen by its own label", *set.Spec.Replicas == 3 && labels == name &&
		set.Spec.Selector.MatchLabels["app.kubernetes.io/name"] == name)
	ensure("the image that orbat is tested with", c.Image == "dgraph/dgraph:"+Version)
	ensure("a headless service of its name", k.services[set.Spec.ServiceName] != nil &&
		k.services[set.Spec.ServiceName].Spec.ClusterIP == "None")
	ensure("at most one down", k.budgets[name] != nil && k.budgets[name].Spec.MaxUnavailable.IntValue() == 1)
	ensure("a policy of its own", k.policies[name] != nil &&
		k.policies[name].Spec.PodSelector.MatchLabels["app.kubernetes.io/name"] == name)
	ensure("no two on a machine",
		pod.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].TopologyKey == "kubernetes.io/hostname")
	ensure("not root", *pod.SecurityContext.RunAsNonRoot && *pod.SecurityContext.RunAsUser != 0 &&
		pod.SecurityContext.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault)
	ensure("a read-only root, no rights", *c.SecurityContext.ReadOnlyRootFilesystem && !*c.SecurityContext.AllowPrivilegeEscalation &&
		slices.Contains(c.SecurityContext.Capabilities.Drop, "ALL"))
	ensure("no token of the cluster", pod.AutomountServiceAccountToken != nil && !*pod.AutomountServiceAccountToken)
	ensure("resources", !c.Resources.Requests.Memory().IsZero() && !c.Resources.Limits.Memory().IsZero() &&
		!c.Resources.Requests.Cpu().IsZero())
	ensure("a volume that stays", len(set.Spec.VolumeClaimTemplates) == 1 &&
		c.VolumeMounts[0].Name == set.Spec.VolumeClaimTemplates[0].Name && c.VolumeMounts[0].MountPath == c.WorkingDir)
	for _, probe := range []*corev1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		ensure("probes over TLS at a port it names", probe != nil && probe.HTTPGet.Scheme == corev1.URISchemeHTTPS &&
			slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.Name == probe.HTTPGet.Port.StrVal }))
	}
	for _, v := range pod.Volumes {
		if v.Secret == nil {
			continue
		}
		secret := k.secrets[v.Secret.SecretName]
		ensure("its secret is there", secret != nil)
		said := strings.Join(append(slices.Clone(c.Command), c.Args...), " ")
		for _, m := range regexp.MustCompile(`/secrets/([a-z.]+)`).FindAllStringSubmatch(said, -1) {
			ensure("the secret has "+m[1], secret != nil && len(secret.Data[m[1]]) > 0)
		}
	}
	for _, from := range c.EnvFrom {
		ensure("its environment is there", k.secrets[from.SecretRef.Name] != nil &&
			len(k.secrets[from.SecretRef.Name].Data["DGRAPH_ALPHA_SECURITY"]) > 0)
	}
	k.checkFlags(t, c)
}

// checkFlags asks the real Dgraph whether it knows each flag, and each part of one, that a pod gives it.
func (k *kubernetes) checkFlags(t *testing.T, c corev1.Container) {
	bin, err := Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kind := c.Name
	help, err := exec.CommandContext(t.Context(), bin.Path, kind, "--help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(append(slices.Clone(c.Command), c.Args...), " ")
	if !strings.Contains(said, "dgraph "+kind) {
		t.Errorf("%q does not start a %s", said, kind)
	}
	flags := regexp.MustCompile(`--([a-z]+)=("?)([^ )]+)`).FindAllStringSubmatch(said, -1)
	if len(flags) < 5 {
		t.Errorf("only the flags %v", flags)
	}
	for _, f := range flags {
		if !bytes.Contains(help, []byte("--"+f[1]+" ")) {
			t.Errorf("dgraph %s has no flag --%s", kind, f[1])
		}
		for part := range strings.SplitSeq(strings.Trim(f[3], `"`), ";") {
			if key, _, is := strings.Cut(part, "="); is && !bytes.Contains(help, []byte(" "+key+"=")) {
				t.Errorf("dgraph %s: --%s knows no %s", kind, f[1], key)
			}
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The values for Dgraph's chart are YAML without a key twice, and of the version that orbat is tested with. Whether the
// chart takes them only a cluster shows: its templates are not ours.
func TestHelmValues(t *testing.T) {
	t.Parallel()
	var values struct {
		Image struct {
			Tag string `json:"tag"`
		} `json:"image"`
		Zero  map[string]any `json:"zero"`
		Alpha map[string]any `json:"alpha"`
	}
	if err := yaml.UnmarshalStrict(read(t, "helm-values.yaml"), &values); err != nil {
		t.Fatal(err)
	}
	if values.Image.Tag != Version || len(values.Zero) < 10 || len(values.Alpha) < 10 {
		t.Errorf("%+v", values)
	}
}

// The container holds one program that needs nothing else: the build it names makes a static one, with the project's
// Go.
func TestContainerfile(t *testing.T) {
	t.Parallel()
	text := string(read(t, "Containerfile"))
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(read(t, "../go.mod")))[1]
	if !regexp.MustCompile(`FROM docker\.io/library/golang:`+regexp.QuoteMeta(version)+`\.\d+-`).MatchString(text) ||
		!strings.Contains(text, "\nFROM scratch\n") {
		t.Errorf("it does not build with Go %s from a pinned image into nothing", version)
	}
	build := regexp.MustCompile(`(?m)^RUN CGO_ENABLED=0 go (build .*) -o /orbat (\S+)$`).FindStringSubmatch(text)
	if build == nil {
		t.Fatal("no build of a static program")
	}
	binary := filepath.Join(t.TempDir(), "orbat")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, "."+build[2])
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	program, err := elf.Open(binary)
	if err != nil {
		t.Skip("needs a system of ELF programs: ", err)
	}
	defer program.Close()
	if libraries, err := program.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("it needs %v", libraries)
	}
	if program.Section(".interp") != nil {
		t.Error("it is linked dynamically")
	}
	if info, err := os.Stat(binary); err != nil || info.Size() > 100<<20 {
		t.Error(fmt.Sprint(info.Size()), err)
	}
}

package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackagedFilesExist holds that what .goreleaser.yaml, the workflows and the containers take from this module is there.
// What packaging/generate makes is looked for in its text.
func TestPackagedFilesExist(t *testing.T) {
	root := moduleRoot(t)
	generate := text(t, "packaging/generate")
	named := regexp.MustCompile(`(?:src: |dockerfile: |postinstall: |preremove: |postremove: |glob: |bash |COPY (?:--\S+ )?)((?:\./)?(?:packaging|build|docs|LICENSE|README|CHANGELOG)[\w./*@-]*)`)
	n := 0
	for _, file := range []string{".goreleaser.yaml", "packaging/container/Dockerfile", "packaging/container/Dockerfile.busybox"} {
		for _, m := range named.FindAllStringSubmatch(text(t, file), -1) {
			n++
			if made, ok := strings.CutPrefix(m[1], "build/"); ok {
				dir, _, _ := strings.Cut(made, "/")
				if !strings.Contains(generate, "build/"+dir) {
					t.Errorf("%s takes %s, which packaging/generate does not make", file, m[1])
				}
				continue
			}
			if found, err := filepath.Glob(filepath.Join(root, m[1])); err != nil || len(found) == 0 {
				t.Errorf("%s takes %s, which is not there", file, m[1])
			}
		}
	}
	if n < 25 {
		t.Errorf("only %d files are named", n)
	}
}

// TestProgramNames holds that a release has the programs alone under the names that ci/run.sh fetches.
func TestProgramNames(t *testing.T) {
	if !strings.Contains(text(t, ".goreleaser.yaml"), `"ferry-{{ .Tag }}-{{ .Os }}-{{ .Arch }}"`) || !strings.Contains(text(t, "ci/run.sh"), `name="ferry-$version-$(platform)`) {
		t.Error("the names of programs differ between .goreleaser.yaml and ci/run.sh")
	}
	sums := filepath.Join(t.TempDir(), "checksums.txt")
	sum := strings.Repeat("0a", 32)
	err := os.WriteFile(sums, []byte(sum+"  ferry-v1.2.3-linux-amd64\n"+sum+"  ferry-v1.2.3-windows-arm64.exe\n"+sum+"  ferry_1.2.3_amd64.deb\n"+sum+"  ferry-v1x2.3-linux-arm\n"), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	out, err := run(t, moduleRoot(t), "bash", ".ci/action-checksums", "v1.2.3", sums)
	if want := "#version v1.2.3\n" + sum + "  ferry-v1.2.3-linux-amd64\n" + sum + "  ferry-v1.2.3-windows-arm64.exe\n"; err != nil || !strings.HasSuffix(out, want) || strings.Contains(out, "deb") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestUnits holds that systemd takes the units that the packages bring, where it can be asked.
func TestUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	program := filepath.Join(t.TempDir(), "ferry")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"user/ferry.service": "ferry.service", "system/ferry@.service": "ferry@root.service"} {
		unit := filepath.Join(t.TempDir(), to)
		content := strings.ReplaceAll(text(t, "packaging/systemd/"+from), "/usr/bin/ferry", program)
		content = strings.ReplaceAll(content, "Documentation=man:ferry-watch(1)\n", "") // it is not installed
		if err := os.WriteFile(unit, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(analyze, "verify", unit).CombinedOutput(); err != nil || strings.Contains(string(out), to) {
			t.Errorf("%s: %v\n%s", from, err, out)
		}
	}
}

// TestRelease makes a release twice and compares it, and uses what is in it in clean roots. It takes minutes, so it runs
// only where FERRY_TEST_RELEASE is set. FERRY_RELEASE_TARGETS leaves out systems.
func TestRelease(t *testing.T) {
	if os.Getenv("FERRY_TEST_RELEASE") == "" {
		t.Skip("FERRY_TEST_RELEASE is not set")
	}
	dist := t.TempDir()
	out, err := run(t, moduleRoot(t), ".ci/release-snapshot", dist)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(out)
	debs, err := filepath.Glob(filepath.Join(dist, "*_amd64.deb"))
	if err != nil || len(debs) != 1 {
		t.Fatalf("%q, %v", debs, err)
	}
	if out, err := run(t, moduleRoot(t), ".ci/package-deb", debs[0]); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run(t, moduleRoot(t), ".ci/package-roots", dist); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Log(out)
	}
}

// text is the content of a file of the module.
func text(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(moduleRoot(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

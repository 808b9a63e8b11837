//go:build unix

package action

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A release is run only if its checksum is the one in the commit of the action.
func TestRelease(t *testing.T) {
	const good, bad = "#!/bin/sh\necho \"the release ran: $*\"\n", "#!/bin/sh\ntouch pwned\n"
	served, asked := good, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/1.2.3/ferry-1.2.3-linux-amd64" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, served)
	}))
	t.Cleanup(server.Close)
	w := newWorkspace(t, nil)
	delete(w.env, "FERRY_BIN")
	w.env["FERRY_RELEASES"] = server.URL
	w.action = t.TempDir()
	w.mkdir(filepath.Join(w.action, "ci"))
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(good)))
	for name, text := range map[string]string{"run.sh": read(t, root, "ci", "run.sh"), "checksums.txt": "# programs\n#version 1.2.3\n" + sum + "  ferry-1.2.3-linux-amd64\n" + sum + "  ferry-1.2.4-linux-amd64\n"} {
		if err := os.WriteFile(filepath.Join(w.action, "ci", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept := filepath.Join(w.env["RUNNER_TOOL_CACHE"], "ferry", "1.2.3", "ferry-1.2.3-linux-amd64")
	spoil := func() {
		if err := os.WriteFile(kept, []byte(bad), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, served, version, want string
		spoil                       bool
		code, asked                 int
	}{
		{"another checksum", bad, "", "has another checksum", false, 1, 1},
		{"the right one", good, "", "the release ran: deploy -- site", false, 0, 1},
		{"from the cache", bad, "1.2.3", "the release ran: deploy -- site", false, 0, 0},
		{"a spoilt cache", good, "", "the release ran: deploy -- site", true, 0, 1},
		{"a spoilt cache and another checksum", bad, "", "has another checksum", true, 1, 1},
		{"not there", good, "1.2.4", "downloading ferry-1.2.4-linux-amd64 failed", false, 1, 1},
		{"a version that the action does not know", good, "9.9.9", "does not know ferry-9.9.9-linux-amd64", false, 1, 0},
		{"a path", good, "../../1.2.3", "does not know", false, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.spoil {
				spoil()
			}
			served, asked = c.served, 0
			r := w.run(map[string]string{"profile": "site", "version": c.version})
			if r.code != c.code || !strings.Contains(r.log, c.want) || asked != c.asked {
				t.Errorf("exit %d, asked %d times: %s", r.code, asked, r.log)
			}
			if _, err := os.Stat(filepath.Join(w.dir, "pwned")); err == nil {
				t.Fatal("it was run")
			}
		})
	}
	w.env["RUNNER_OS"] = "Plan9"
	if r := w.run(nil); r.code != 1 || !strings.Contains(r.log, "there is no release of ferry for Plan9") {
		t.Errorf("exit %d: %s", r.code, r.log)
	}
}

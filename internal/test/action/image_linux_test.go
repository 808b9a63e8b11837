package action

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/internal/selfsigned"
)

// An image is the root of the image of ferry, as a container would have it.
type image struct {
	*testing.T
	root string
}

// makeImage makes the image as a release does, with authority as the only one that it trusts, and unpacks it.
func makeImage(t *testing.T, authority []byte) image {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: the image: chroot needs root")
	}
	busybox := findBusybox(t)
	dir := t.TempDir()
	trusted, packed := filepath.Join(dir, "authorities.pem"), filepath.Join(dir, "image.tar")
	im := image{t, filepath.Join(dir, "root")}
	if err := os.WriteFile(trusted, authority, 0o644); err != nil {
		t.Fatal(err)
	}
	im.here("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "ferry"), ".")
	im.here("go", "run", "./ci/image", "-ferry", filepath.Join(dir, "ferry"), "-busybox", busybox, "-certificates", trusted, "-output", packed)
	if err := os.Mkdir(im.root, 0o755); err != nil {
		t.Fatal(err)
	}
	im.here("tar", "-C", im.root, "-xf", packed)
	im.write("dev/null", "") // a container has it
	return im
}

// findBusybox returns the static busybox that .ci/servers fetches.
func findBusybox(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("FERRY_SERVERS")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "ferry", "servers")
	}
	busybox := filepath.Join(cache, "busybox-static", "bin", "busybox")
	if _, err := os.Stat(busybox); err != nil {
		if os.Getenv("FERRY_REQUIRE_SERVERS") == "1" {
			t.Fatal(".ci/servers did not fetch busybox-static")
		}
		t.Skip("NOT TESTED: the image: `.ci/servers busybox-static` fetches its shell")
	}
	return busybox
}

// here runs a command in the repository.
func (im image) here(args ...string) {
	im.Helper()
	cmd := exec.CommandContext(im.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		im.Fatalf("%q: %v\n%s", args, err, out)
	}
}

func (im image) write(name, content string) {
	im.Helper()
	path := filepath.Join(im.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		im.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		im.Fatal(err)
	}
}

// run runs a command in the image, with nothing else in sight and with the environment that a container has.
func (im image) run(args ...string) (out string, code int) {
	im.Helper()
	cmd := exec.CommandContext(im.Context(), args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: im.root}
	cmd.Dir, cmd.Env = "/work", []string{"PATH=/bin", "HOME=/root", "FERRY_PASSWORD=secret"}
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		im.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func newAuthority(t *testing.T) *selfsigned.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := selfsigned.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestImage deploys from the image, over TLS to a server that the authorities in it vouch for, with a hook; and as GitLab
// does, which gives the lines of a job to its shell.
func TestImage(t *testing.T) {
	dir := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: dir, Password: "secret", TLS: ftpserver.Explicit, ForceTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	im := makeImage(t, server.CertPEM())
	im.write("work/public/index.html", "page")
	im.write("work/site.yaml", `
profiles:
  site:
    local: public
    remote: ftpes://ferry@`+server.Addr()+`/site
    deploy: {}
    hooks: {staged: "echo \"a hook\" | tr a-z A-Z > /tmp/hook"}
`)
	if out, code := im.run("/bin/ferry", "deploy", "site", "--config", "site.yaml"); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	if read(t, dir, "site/index.html") != "page" || read(t, im.root, "tmp/hook") != "A HOOK\n" {
		t.Error("the deploy or its hook did something else")
	}
	// A job of GitLab.
	im.write("work/public/index.html", "another page")
	if out, code := im.run("/bin/sh", "-ec", "mkdir -p made && ferry deploy site --config site.yaml | grep 1"); code != 0 || read(t, dir, "site/index.html") != "another page" {
		t.Errorf("exit %d: %s", code, out)
	}
	// Another authority vouches for nobody.
	im.write("etc/ssl/certs/ca-certificates.crt", string(newAuthority(t).CertPEM))
	if out, code := im.run("/bin/ferry", "deploy", "site", "--config", "site.yaml"); code != 4 || !strings.Contains(out, "certificate") {
		t.Errorf("exit %d: %s", code, out)
	}
}

package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
)

func TestMain(m *testing.M) { os.Exit(realftp.Main(m)) }

// A pair is a local directory, a directory on a real server, and the manifest of
// the two.
type pair struct {
	t       testing.TB
	local   string
	server  *realftp.Server
	store   string
	options remote.Options
	engine  sync.Options
	events  []string
}

func newPair(t testing.TB, name string, o realftp.Options) *pair {
	t.Helper()
	server := realftp.Start(t, name, o)
	p := &pair{t: t, local: t.TempDir(), server: server, store: filepath.Join(t.TempDir(), "pair.db")}
	p.options = remote.Options{Path: "tree", Options: ftp.Options{
		Host: server.Host, Port: server.Port, User: server.User,
		Password: func() (string, error) { return server.Password, nil },
		StateDir: t.TempDir(), Timeout: 20 * time.Second,
		Notice: func(text string) { p.events = append(p.events, "notice: "+text) },
	}}
	if o.TLS != realftp.Plain {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(server.CertPEM)
		p.options.TLS = &tls.Config{RootCAs: pool}
		p.options.Security = ftp.Explicit
		if o.TLS == realftp.Implicit {
			p.options.Security = ftp.Implicit
		}
	}
	p.engine.Limits = sync.NewLimits()
	p.engine.Policy.Trash = [2]bool{true, true}
	p.engine.Observer = p.observe
	return p
}

func (p *pair) observe(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Finished:
		p.events = append(p.events, fmt.Sprintf("%s %s %s (%s): %v", ev.Action.Op, ev.Action.Side, ev.Action.Path, ev.Action.Why, ev.Err))
	case sync.Scanned:
		for _, q := range ev.Problems {
			p.events = append(p.events, fmt.Sprintf("%s problem: %s", ev.Side, q))
		}
	case sync.Doubted:
		p.events = append(p.events, fmt.Sprintf("%s doubt: %v", ev.Side, ev.Problems))
	case sync.Noticed:
		p.events = append(p.events, "notice: "+ev.Text)
	}
}

// pass makes one pass with its own connections and store, as a run of the program
// does.
func (p *pair) pass() (sync.Summary, error) {
	p.t.Helper()
	p.events = nil
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	store, err := manifest.OpenStore(p.store, manifest.StoreOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer store.Close()
	far, err := remote.Open(ctx, p.options)
	if err != nil {
		return sync.Summary{}, err
	}
	defer far.Close()
	near, err := local.Open(p.local, local.Options{NoSync: true})
	if err != nil {
		p.t.Fatal(err)
	}
	defer near.Close()
	engine := p.engine
	engine.Workers = max(p.options.Connections, 4)
	return sync.New(near, far, store, engine).Sync(ctx)
}

// sync makes a pass and ends the test if anything fails.
func (p *pair) sync() sync.Summary {
	p.t.Helper()
	sum, err := p.pass()
	if err != nil || sum.Failed+sum.Problems > 0 {
		p.t.Fatalf("pass: %v, %+v\n%s", err, sum, strings.Join(p.events, "\n"))
	}
	return sum
}

// wantNothingToDo makes a pass that must do nothing.
func (p *pair) wantNothingToDo() {
	p.t.Helper()
	sum := p.sync()
	if n := sum.Uploaded + sum.Downloaded + sum.DeletedLocal + sum.DeletedRemote + sum.Moved + sum.MadeDirs + sum.Adopted + sum.Conflicts; n > 0 || sum.BytesUp+sum.BytesDown > 0 {
		p.t.Errorf("a pass with nothing to do did something: %+v\n%s", sum, strings.Join(p.events, "\n"))
	}
}

func (p *pair) remote() string { return filepath.Join(p.server.Root, "tree") }

// wantEqual checks that both trees hold the same, except for ferry's own directory.
func (p *pair) wantEqual() map[string]string {
	p.t.Helper()
	here, there := readTree(p.t, p.local), readTree(p.t, p.remote())
	if diff := cmp.Diff(here, there); diff != "" {
		p.t.Errorf("trees differ (-local +remote):\n%s\n%s", diff, strings.Join(p.events, "\n"))
	}
	return here
}

// readTree returns the contents below root by path, with "/" for directories and
// without ferry's own directory.
func readTree(t testing.TB, root string) map[string]string {
	t.Helper()
	tree := readAll(t, root)
	for name := range tree {
		if manifest.Path(name).Within(manifest.Own) {
			delete(tree, name)
		}
	}
	return tree
}

// readAll returns all contents below root by path, with "/" for directories.
func readAll(t testing.TB, root string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if d.IsDir() {
			tree[name] = "/"
			return nil
		}
		content, err := os.ReadFile(path)
		tree[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// writeFiles writes files below root. A path that ends in a slash is a directory.
func writeFiles(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(root, name)
		if strings.HasSuffix(name, "/") {
			name, path = "", path+"/x"
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if name == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// writeRemote writes files to the directory on the server. Its user owns them.
func (p *pair) writeRemote(files map[string]string) {
	p.t.Helper()
	writeFiles(p.t, p.remote(), files)
	p.must(p.server.Own())
}

func (p *pair) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

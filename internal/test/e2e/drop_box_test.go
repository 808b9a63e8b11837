package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
	"ferry/sync/remote/blind"
)

// TestDropBox pushes into real drop boxes: first, at rest, after edits and deletions, at rest. What a server does not
// allow fails, each time, until it allows it.
func TestDropBox(t *testing.T) {
	const hidden = "dirlist_enable=NO\ndownload_enable=NO\ncmds_denied=SIZE,MDTM,STAT,RNFR,RNTO"
	for _, box := range []struct {
		name, server, conf string
		keeps              bool // nothing can be deleted
	}{
		{"vsftpd that lists and reads nothing", "vsftpd", hidden, false},
		{"vsftpd that deletes nothing either", "vsftpd", hidden + ",DELE,RMD", true},
		{"ProFTPD that lists and reads nothing", "proftpd", "<Limit READ LIST NLST MLSD MLST STAT SIZE MDTM RNFR RNTO>\nDenyAll\n</Limit>", false},
	} {
		t.Run(box.name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, box.server, realftp.Options{Extra: []string{box.conf}})
			p.server.WriteFile(t, "tree/theirs.txt", "theirs")
			writeFiles(t, p.local, map[string]string{"a.txt": "a", "dir/b.txt": "b", "dir/deep/c.txt": strings.Repeat("c", 100_000), "gone/d.txt": "d"})
			if sum := p.blindPass(0); sum.Uploaded != 4 {
				t.Errorf("the first push: %+v", sum)
			}
			p.wantSent(map[string]string{"theirs.txt": "theirs"})
			p.wantNothingSent()
			writeFiles(t, p.local, map[string]string{"a.txt": "edited", "new/e.txt": "e"})
			if err := os.RemoveAll(filepath.Join(p.local, "gone")); err != nil {
				t.Fatal(err)
			}
			if !box.keeps {
				p.blindPass(0)
				p.wantSent(map[string]string{"theirs.txt": "theirs"})
				p.wantNothingSent()
				return
			}
			p.blindPass(1)
			p.wantSent(map[string]string{"theirs.txt": "theirs", "gone/": "/", "gone/d.txt": "d"})
			p.blindPass(1)
		})
	}
}

// blindPass makes a blind push in which so many actions fail.
func (p *pair) blindPass(failures int) sync.Summary {
	p.t.Helper()
	p.events = nil
	ctx := context.Background()
	store, err := manifest.OpenStore(p.store, manifest.StoreOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer store.Close()
	record := blind.NewRecord(store)
	far, err := remote.OpenBlind(ctx, p.options, record)
	if err != nil {
		p.t.Fatal(err)
	}
	defer far.Close()
	near, err := local.Open(p.local, local.Options{NoSync: true})
	if err != nil {
		p.t.Fatal(err)
	}
	defer near.Close()
	o := p.engine
	o.Policy = sync.Policy{Direction: sync.Push, NoMoves: true}
	o.Blind = true
	sum, err := sync.New(near, far, record, o).Sync(ctx)
	if err != nil || sum.Failed != failures || sum.Problems > 0 {
		p.t.Fatalf("a blind push: %v, %+v\n%s", err, sum, strings.Join(p.events, "\n"))
	}
	return sum
}

func (p *pair) wantNothingSent() {
	p.t.Helper()
	if sum := p.blindPass(0); sum.Uploaded+sum.DeletedRemote+sum.MadeDirs > 0 {
		p.t.Errorf("a blind push at rest: %+v\n%s", sum, strings.Join(p.events, "\n"))
	}
}

// wantSent checks that the server holds what is here, and more.
func (p *pair) wantSent(more map[string]string) {
	p.t.Helper()
	there, here := readTree(p.t, p.remote()), readTree(p.t, p.local)
	for name, content := range more {
		here[strings.TrimSuffix(name, "/")] = content
	}
	for name, content := range here {
		if there[name] != content {
			p.t.Errorf("%s is %.20q here and %.20q there\n%s", name, content, there[name], strings.Join(p.events, "\n"))
		}
		delete(there, name)
	}
	for name := range there {
		p.t.Errorf("the server still has %s\n%s", name, strings.Join(p.events, "\n"))
	}
}

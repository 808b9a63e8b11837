package copying

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/app"
	"ferry/internal/test/realftp"
	"ferry/sync"
)

func TestMain(m *testing.M) { os.Exit(realftp.Main(m)) }

// realCopy copies between two real servers, and returns how many files went directly and what was told.
func realCopy(t *testing.T, source, target *realftp.Server, state string) (app.PassResult, int, string) {
	t.Helper()
	url := func(s *realftp.Server, dir string) string {
		return fmt.Sprintf("ftp://%s:%s@%s/%s", s.User, s.Password, s.Addr, dir)
	}
	p, err := Pair(app.Workspace{Dir: state, StateOption: state}, url(source, "from"), url(target, "to"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ReadRules(p, "", nil); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	pass := &app.Pass{Opener: app.NewOpener(app.Options{StateDir: state}), Pair: p}
	pass.Options.Observer = func(ev sync.Event) {
		switch ev := ev.(type) {
		case sync.Noticed:
			fmt.Fprintln(&told, ev.Text)
		case sync.Finished:
			if ev.Err != nil {
				t.Errorf("%s: %v", ev.Action.Path, ev.Err)
			}
		}
	}
	result := Run(context.Background(), pass)
	files, _ := p.SentDirectly()
	return result, files, told.String()
}

// TestRealServers copies between each two servers, once where they allow it and once where they refuse.
func TestRealServers(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts many servers")
	}
	for _, foreign := range []bool{true, false} {
		for _, from := range realftp.Names() {
			for _, to := range realftp.Names() {
				t.Run(fmt.Sprintf("foreign %v/%s to %s", foreign, from, to), func(t *testing.T) {
					source := realftp.Start(t, from, realftp.Options{Host: "127.0.0.2", Foreign: foreign})
					target := realftp.Start(t, to, realftp.Options{Host: "127.0.0.3", Foreign: foreign})
					want := map[string][]byte{"small.txt": []byte("small")}
					for i := range 3 {
						want[fmt.Sprintf("big %d.bin", i)] = append(varied(300_000), byte(i))
					}
					for name, content := range want {
						source.WriteFile(t, "from/"+name, string(content))
					}
					state := t.TempDir()
					result, files, told := realCopy(t, source, target, state)
					if err := result.Error(); err != nil || result.Summary.Uploaded != len(want) {
						t.Fatalf("%+v: %v", result.Summary, err)
					}
					for name, content := range want {
						if got, err := os.ReadFile(filepath.Join(target.Root, "to", name)); err != nil || !bytes.Equal(got, content) {
							t.Errorf("%s: %d bytes of %d: %v", name, len(got), len(content), err)
						}
					}
					if foreign && (files != 3 || told != "") || !foreign && (files != 0 || strings.Count(told, "do not send to each other") != 1) {
						t.Errorf("%d files went directly; told %q", files, told)
					}
					t.Logf("%d files went directly; told %q", files, told)
					if again, _, _ := realCopy(t, source, target, state); again.Summary.Uploaded != 0 || again.Error() != nil {
						t.Errorf("the second copy: %+v: %v", again.Summary, again.Error())
					}
				})
			}
		}
	}
}

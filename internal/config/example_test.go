package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/sync"
)

// TestExample reads back what init writes.
func TestExample(t *testing.T) {
	for _, c := range []struct{ name, local, url, variable string }{
		{"site", "./public", "ftpes://deploy@example.com/htdocs", "SITE_PASSWORD"},
		{"site", "./public", "ftpes://deploy:secret@example.com/htdocs", ""},
		{"on", "no", "ftp://h", ""},
		{"a'b#c", "./it's: # odd", "ftp://u%40v@[::1]:2121//a%20b/%25#x: y", "A"},
		{"1.0", `C:\Users\me "x"`, "ftps://h//", ""},
		{"ünï", "~/Bilder\u0301\t*", "ftp://h/é", ""},
	} {
		r, err := ParseURL(c.url)
		if err != nil {
			t.Fatal(err)
		}
		e := Example{Name: c.name, Local: c.local, Remote: r, Direction: sync.Pull}
		if c.variable != "" {
			e.Password = Place{"env", c.variable}
		}
		text, err := e.Text()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("the password is in the file:\n%s", text)
		}
		file, err := parse(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		want := NewProfile(c.name)
		want.File = abs("/etc/x/ferry.yaml")
		if want.Local, err = localPath(c.local, abs("/etc/x"), abs("/home/u")); err != nil {
			t.Fatal(err)
		}
		want.Remote = r
		want.Remote.Password = Secret{}
		want.Direction, want.Connections, want.Ignore = sync.Pull, 0, "*.tmp\nnode_modules/\n"
		if c.variable != "" {
			want.Password = hide(held{kind: secretEnv, text: c.variable})
		}
		if diff := cmp.Diff([]*Profile{want}, file.Profiles, hidePasswords); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
	}
}

// TestExampleComments takes the comments off what the example offers: it must
// be good, too.
func TestExampleComments(t *testing.T) {
	text, err := Example{Name: "site", Local: ".", Remote: Remote{Host: "h"}}.Text()
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, "\n    # ", "\n    ")
	file, err := parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	p := file.Profiles[0]
	if p.Password.IsZero() || p.Limits.MaxDeletePercent != 50 || p.BytesUp == 0 || p.Poll == 0 {
		t.Errorf("%+v\n%s", p, text)
	}
}

func TestExampleName(t *testing.T) {
	if text, err := (Example{Name: "a b", Local: ".", Remote: Remote{Host: "h"}}).Text(); err == nil {
		t.Errorf("written for a name that cannot be read:\n%s", text)
	}
}

package pointer

import (
	"bytes"
	"strings"
	"testing"

	"ferry/manifest"
)

// Whatever is in a .htaccess, only the block is changed, and it names the last slot.
func TestHtaccess(t *testing.T) {
	f := &File{Path: Htaccess, Base: "/blog/", Shared: []manifest.Path{"uploads", ".well-known", "a b"}}
	for _, was := range []string{"", "Options -Indexes\n", "no line end", "windows\r\nlines\r\n", "\xff\x00\n\n\n", "slots/1234567\n", "# BEGIN WordPress\n# END WordPress\n"} {
		for _, after := range []string{"", "behind\n", "behind\r\n# no line end"} {
			first, err := f.Write([]byte(was), Slot(1))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(first, []byte(was)) {
				t.Errorf("%q became %q", was, first)
			}
			text := string(first) + after
			for _, slot := range []string{Slot(2), Slot(1234567), Slot(3)} {
				next, err := f.Write([]byte(text), slot)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(next), "%{ENV:REDIRECT_STATUS} ^$\nRewriteRule \"^slots(?:/|$)\"") || strings.ContainsAny(string(next), "<>") {
					t.Fatalf("%s", next)
				}
				if got, err := f.Slot(next); got != slot || err != nil {
					t.Errorf("%q, %v, want %q", got, err, slot)
				}
				if before, _, _ := strings.Cut(text, beginLine); !strings.HasPrefix(string(next), before+beginLine) || !strings.HasSuffix(string(next), endLine+"\n"+after) {
					t.Errorf("%q became %q", text, next)
				}
				text = string(next)
			}
			if again, _ := f.Write([]byte(text), Slot(1)); string(again) != string(first)+after {
				t.Errorf("%q became %q", string(first)+after, again)
			}
		}
	}
}

// A block that somebody has changed by hand is not guessed at.
func TestHtaccessBroken(t *testing.T) {
	f := &File{Path: Htaccess, Base: "/"}
	good, err := f.Write(nil, Slot(7))
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for name, broken := range map[string]string{
		"no end": strings.Replace(text, endLine, "", 1), "no beginning": strings.Replace(text, beginLine, "", 1), "twice": text + text,
		"reversed": endLine + "\n" + beginLine + "\n", "two slots": strings.Replace(text, Slot(7), Slot(8), 1),
	} {
		_, slotErr := f.Slot([]byte(broken))
		_, err := f.Write([]byte(broken), Slot(9))
		if slotErr == nil || err == nil && name != "two slots" {
			t.Errorf("%s: %v, %v", name, slotErr, err)
		}
	}
	for _, bad := range []*File{{Path: Htaccess, Base: "/a b/"}, {Path: Htaccess, Base: "/%1/"}, {Path: Htaccess, Base: ""}, {Path: Htaccess, Base: "/", Shared: []manifest.Path{`a"b`}}} {
		if _, err := bad.Write(nil, Slot(1)); err == nil {
			t.Errorf("%+v was written", bad)
		}
	}
}

func TestTemplate(t *testing.T) {
	f := &File{Path: "app/current.php", Template: []byte("<?php require __DIR__ . '/{slot}/public/index.php'; // {slot}/../x {slot}")}
	if err := CheckTemplate(f.Template); err != nil {
		t.Error(err)
	}
	content, err := f.Write([]byte("somebody else's"), Slot(42))
	if want := "<?php require __DIR__ . '/../slots/0000042/public/index.php'; // ../slots/0000042/../x ../slots/0000042"; string(content) != want || err != nil {
		t.Errorf("%s, %v", content, err)
	}
	if slot, err := f.Slot(content); slot != Slot(42) || err != nil {
		t.Errorf("%q, %v", slot, err)
	}
	for _, other := range []string{"", "<?php echo 1;", "slots/12", "slots/00000420"} {
		if slot, err := f.Slot([]byte(other)); slot != "" || err != nil {
			t.Errorf("%q: %q, %v", other, slot, err)
		}
	}
	if page, files := f.probe(); page != "app/current.php" || len(files) != 1 || files[0] != "public/index.php" {
		t.Errorf("%q, %q", page, files)
	}
	for _, bad := range []string{"", "<?php", "{slot} slots/0000001"} {
		if CheckTemplate([]byte(bad)) == nil {
			t.Errorf("%q is a template", bad)
		}
	}
}

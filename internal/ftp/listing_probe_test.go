package ftp

import (
	"context"
	"testing"
)

func TestListForms(t *testing.T) {
	const own = "drwxr-xr-x  2 u g 4096 Jan  1 00:00 .\r\n"
	show := func(text string) func(*peer, string) bool {
		return func(p *peer, _ string) bool { p.send([]byte(text)); return true }
	}
	for _, test := range []struct {
		name string
		set  func(f *fake)
		want ListForm
		dots bool
	}{
		{"MLSD", func(f *fake) {}, FormMLSD, false},
		{"MLSD with cdir", func(f *fake) { f.on["MLSD"] = show("Type=cdir;Modify=20200101000000; /\r\n") }, FormMLSD, true},
		{"MLSD in FEAT only", func(f *fake) { f.on["MLSD"] = refuse("500 what?") }, FormLIST, false},
		{"LIST -a shows itself", func(f *fake) {
			f.feat = nil
			f.on["LIST"] = func(p *peer, arg string) bool { return arg == "-a" && show(own)(p, arg) }
		}, FormLISTAll, true},
		{"LIST ignores -a", func(f *fake) { f.feat = nil }, FormLIST, false},
		{"LIST -a refused", func(f *fake) {
			f.feat = nil
			f.on["LIST"] = func(p *peer, arg string) bool { return arg == "-a" && p.say("550 no such file") }
		}, FormLIST, false},
	} {
		f := newFake(t)
		test.set(f)
		withSession(t, f, nil, func(ctx context.Context, s *Session) {
			if s.features.listForm != test.want || s.features.showsSelf != test.dots {
				t.Errorf("%s: %s, dots %v", test.name, s.features.listForm.Command(), s.features.showsSelf)
			}
		})
	}
}

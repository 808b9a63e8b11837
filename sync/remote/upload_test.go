package remote

import (
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// An upload that the server cuts and calls whole is sent again; one that is cut
// for ever fails, and what was there stays.
func TestPutCutUploads(t *testing.T) {
	for _, cut := range []ftpserver.Fault{
		{Command: "STOR", Data: ftpserver.ShortenTo(3)},
		{Command: "STOR", Data: ftpserver.CutAt(3), Reply: "226 Transfer complete."},
		{Command: "STOR", Data: ftpserver.CutAt(3)},
		{Command: "STOR", Data: ftpserver.ResetAt(3)},
		{Command: "STOR", Refuse: "450 later"},
		{Command: "STOR", Refuse: "425 no data connection"},
	} {
		h := newFixture(t, ftpserver.Options{})
		h.write("f", "old")
		was := h.scan(sync.Look{}).At("f")
		cut.Times = 1
		once := h.fault(cut)
		h.done(h.apply(h.put("f", strings.Repeat("new", 1000), was)))
		h.fired(once, 1)
		h.holds("f", strings.Repeat("new", 1000))

		was = h.scan(sync.Look{}).At("f")
		cut.Times = 0
		h.fault(cut)
		out := h.apply(h.put("f", strings.Repeat("newer", 1000), was))[0]
		if out.Err == nil || out.Ambiguous {
			t.Errorf("%+v: outcome %+v", cut, out)
		}
		h.server.Faults().Clear()
		h.holds("f", strings.Repeat("new", 1000))
	}
}

// A server that does not rename over files: the old version goes aside first,
// and comes back when the new one cannot take its place.
func TestPutWithoutRenamingOver(t *testing.T) {
	h := newFixture(t, ftpserver.Options{NoOverwrite: true})
	h.write("a", "old a", "b", "old b", "c", "old c")
	tree := h.scan(sync.Look{})
	h.done(h.apply(h.put("a", "new a", tree.At("a")), h.put("b", "new b", tree.At("b")), h.put("c", "new c", tree.At("c"))))
	h.holds("a", "new a", "b", "new b", "c", "new c")
	h.keeps()

	armed := h.fault(ftpserver.Fault{Command: "RNTO", Path: "/a", Refuse: "550 no", Times: 1})
	tree = h.scan(sync.Look{})
	outs := h.apply(h.put("a", "newer a", tree.At("a")), h.put("b", "newer b", tree.At("b")))
	h.fired(armed, 1)
	if outs[0].Err == nil || outs[0].Ambiguous || outs[1].Err != nil {
		t.Errorf("outcomes: %+v", outs)
	}
	h.holds("a", "new a", "b", "newer b", "c", "new c")

	h.fault(ftpserver.Fault{Command: "RNTO", Path: "/c", Refuse: "550 no"})
	out := h.apply(h.put("c", "newer c", tree.At("c")))[0]
	if out.Err == nil || !strings.Contains(out.Err.Error(), ".ferry/trash/") {
		t.Errorf("an old version that does not come back: %v, want to be told where it is", out.Err)
	}
	h.keeps("new c")
}

// A large upload that breaks off goes on behind what is there, also in a later
// process.
func TestPutResumes(t *testing.T) {
	text := strings.Repeat("0123456789", 200_000)
	for _, o := range []ftpserver.Options{{}, {NoMLSD: true, NoMFMT: true}} {
		h := newFixture(t, o)
		h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(1_500_000), Times: 1})
		out := h.apply(h.put("f", text, manifest.Entry{}))[0]
		h.holds("f", text)
		if out.Err != nil || out.Bytes >= 2*int64(len(text)) {
			t.Errorf("outcome %+v", out)
		}

		text := text + text + text
		h = newFixture(t, o)
		h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(1_500_000)})
		if out := h.apply(h.put("f", text, manifest.Entry{}))[0]; out.Err == nil {
			t.Fatal("the fault did not strike")
		}
		h.server.Faults().Clear()
		later := open(t, h.server.Addr(), "ferry", "secret", "", nil)
		if _, err := later.Scan(t.Context(), sync.Look{}); err != nil {
			t.Fatal(err)
		}
		later.Apply(t.Context(), []sync.Step{h.put("f", text, manifest.Entry{})}, func(_ int, o sync.Outcome) { out = o })
		h.holds("f", text)
		if out.Err != nil || out.Bytes >= int64(len(text)) {
			t.Errorf("a later process: %d bytes, %v", out.Bytes, out.Err)
		}
	}
}

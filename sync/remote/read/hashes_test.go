package read

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/compare"
)

// featuresWith returns a reply to FEAT that names these commands as well.
func featuresWith(words ...string) string {
	return "211-Features:\n MLST Type*;Size*;Modify*;\n MDTM\n SIZE\n REST STREAM\n UTF8\n EPSV\n EPRT\n " + strings.Join(words, "\n ") + "\n211 End"
}

// hashing has n files on a server with commands for hashes.
func hashing(t *testing.T, n int, features ...string) (*fixture, *Hasher) {
	t.Helper()
	o := ftpserver.Options{Hash: true}
	if len(features) > 0 {
		o.Features = featuresWith(features...)
	}
	h := manyFiles(t, o, n, nil)
	return h, NewHasher(h, h.opts)
}

// hashes asks for the hashes of all files but the first, which is empty, and holds that what
// was told is right. It returns the names of the files of which nothing was told.
func (h *fixture) hashes(hasher *Hasher, others bool) (untold []string, told []compare.Told) {
	h.Helper()
	run := h.all()[1:]
	told, err := hasher.Hashes(h.Context(), run, others)
	if err != nil {
		h.Fatal(err)
	}
	for i, w := range run {
		content, err := os.ReadFile(filepath.Join(h.root, string(w.Path)))
		if err != nil {
			h.Fatal(err)
		}
		switch {
		case told[i].Err != nil:
		case told[i].Algorithm == "":
			untold = append(untold, string(w.Path))
		default:
			sum := told[i].Algorithm.New()
			sum.Write(content)
			if string(sum.Sum(nil)) != told[i].Sum {
				h.Errorf("%s: the %s is wrong", w.Path, told[i].Algorithm)
			}
		}
	}
	return untold, told
}

// count returns how many commands with a verb the server got.
func (h *fixture) count(verb string) (n int) {
	for _, line := range h.server.Transcript() {
		if strings.Contains(line, "> "+verb+" ") {
			n++
		}
	}
	return n
}

// TestHashesByEachCommand asks by each command that servers have.
func TestHashesByEachCommand(t *testing.T) {
	const n = 20
	for _, tt := range []struct {
		features []string
		want     compare.Algorithm
		verb     string
	}{
		{nil, "SHA-256", "XSHA256"},
		{[]string{"HASH SHA-1;SHA-256*"}, "SHA-256", "HASH"},
		{[]string{"XSHA256", "HASH SHA-256*"}, "SHA-256", "XSHA256"},
		{[]string{"HASH SHA-1;MD5*"}, "SHA-1", "HASH"},
		{[]string{"HASH MD5*"}, "MD5", "HASH"},
		{[]string{"HASH CRC32*"}, "CRC32", "HASH"},
		{[]string{"HASH SHA-512*", "XCRC"}, "SHA-512", "HASH"},
		{[]string{"XSHA512"}, "SHA-512", "XSHA512"},
		{[]string{"XSHA1", "XMD5"}, "SHA-1", "XSHA1"},
		{[]string{"XMD5", "XCRC"}, "MD5", "XMD5"},
		{[]string{"MD5"}, "MD5", "MD5"},
		{[]string{"XCRC"}, "CRC32", "XCRC"},
	} {
		t.Run(fmt.Sprint(tt.features), func(t *testing.T) {
			h, hasher := hashing(t, n, tt.features...)
			untold, told := h.hashes(hasher, true)
			if len(untold) > 0 || told[0].Algorithm != tt.want {
				t.Errorf("not told of %v, and %s of the first", untold, told[0].Algorithm)
			}
			if got := h.count("RETR"); got != 1 {
				t.Errorf("%d files were read to prove the hashes, want 1", got)
			}
			if got := h.count(tt.verb); got != n-1 {
				t.Errorf("%d times %s, want %d", got, tt.verb, n-1)
			}
			if !h.features.Proven(ftp.TellsRightHash) {
				t.Error("that the hashes are right is not noted")
			}
			if untold, _ = h.hashes(hasher, false); (len(untold) == 0) != (tt.want == "SHA-256") {
				t.Errorf("where only SHA-256 will do, not told of %v", untold)
			}
		})
	}
}

// TestHashesOfALiar holds that a server which tells a wrong hash of a file that was read is
// not believed, nor asked again.
func TestHashesOfALiar(t *testing.T) {
	hash := regexp.MustCompile(`\b[0-9a-f]{8,}\b`)
	wrong := func(reply string) string {
		return hash.ReplaceAllStringFunc(reply, func(sum string) string { return strings.Repeat("0", len(sum)) })
	}
	for _, features := range [][]string{{"HASH SHA-256*"}, {"XMD5"}, {"XCRC"}} {
		h, hasher := hashing(t, 20, features...)
		verb, _, _ := strings.Cut(features[0], " ")
		armed := h.fault(ftpserver.Fault{Command: verb, Rewrite: wrong})
		for range 2 {
			if untold, _ := h.hashes(hasher, true); len(untold) != 19 {
				t.Errorf("%s: told of all but %v", features, untold)
			}
		}
		h.fired(armed, 19)
		if right, known := h.features.Known(ftp.TellsRightHash); right || !known {
			t.Errorf("%s: the lie is not noted", features)
		}
		if untold, _ := h.hashes(NewHasher(h, h.opts), false); len(untold) != 19 {
			t.Errorf("%s: another one is told of all but %v", features, untold)
		}
	}
}

// TestHashesFaults asks a server that fails in the middle: what it does not tell is left to
// be read, and nothing else is lost.
func TestHashesFaults(t *testing.T) {
	const n = 20
	for _, tt := range []struct {
		name   string
		fault  ftpserver.Fault
		untold int
	}{
		{"one is refused", ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Refuse: "550 not this one"}, 1},
		{"refused from the middle on", ftpserver.Fault{Command: "XSHA256", Skip: 9, Refuse: "504 no more"}, 10},
		{"refused for all", ftpserver.Fault{Command: "XSHA256", Refuse: "502 not implemented"}, 19},
		{"nothing in the reply", ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Reply: "250 done"}, 1},
		{"the connection is cut", ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Lose: true, Times: 1}, 19},
		{"the server ends the session", ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Refuse: "421 good bye", Close: true, Times: 1}, 19},
		{"one look is refused", ftpserver.Fault{Command: "MLST", Path: "/d05/f", Refuse: "451 not now", Skip: 1}, 1},
		{"a reply too many", ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Rewrite: func(r string) string { return r + "\n200 and another" }, Times: 1}, 19},
		{"what is read to prove it is refused", ftpserver.Fault{Command: "RETR", Refuse: "550 no"}, 19},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, hasher := hashing(t, n, "XSHA256")
			armed := h.fault(tt.fault)
			untold, told := h.hashes(hasher, true)
			if armed.Fired() == 0 {
				t.Error("the fault never struck")
			}
			if len(untold) != tt.untold {
				t.Errorf("not told of %v, want %d", untold, tt.untold)
			}
			for i, one := range told {
				if one.Err != nil {
					t.Errorf("%d: %v", i, one.Err)
				}
			}
		})
	}
}

// TestHashesLost holds that a server which breaks off twice is not asked again for some hours.
func TestHashesLost(t *testing.T) {
	h, hasher := hashing(t, 20, "XSHA256")
	armed := h.fault(ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Close: true})
	for i := range 2 {
		for range 4 {
			h.hashes(hasher, true)
		}
		h.fired(armed, (i+1)*mostLostBatches)
		hasher.lostAt = hasher.lostAt.Add(-lostFor)
	}
}

// TestHashesChange holds that a file which changes while it is hashed is not taken for what it
// was.
func TestHashesChange(t *testing.T) {
	h, hasher := hashing(t, 20, "XSHA256")
	h.fault(ftpserver.Fault{Command: "XSHA256", Path: "/d05/f", Times: 1, Hook: func() { h.write("d05/f", "other") }})
	untold, told := h.hashes(hasher, true)
	for i, one := range told {
		if errors.Is(one.Err, sync.ErrChanged) != (i == 4) {
			t.Errorf("%d: %+v", i, one)
		}
	}
	if len(untold) > 0 {
		t.Errorf("not told of %v", untold)
	}
}

// TestHashesCancelled holds that the end of the context ends everything at once.
func TestHashesCancelled(t *testing.T) {
	why := errors.New("enough")
	for _, command := range []string{"XSHA256", "MLST", "RETR"} {
		h, hasher := hashing(t, 20, "XSHA256")
		run := h.all()
		ctx, cancel := context.WithCancelCause(h.Context())
		h.fault(ftpserver.Fault{Command: command, Path: "/d01/f", Stall: true, Hook: func() { cancel(why) }})
		told, err := hasher.Hashes(ctx, run, true)
		if !errors.Is(err, why) || told != nil {
			t.Errorf("%s: %v, %v", command, told, err)
		}
	}
}

// TestHashesOfOddFiles holds that files are left alone that may be something else, and that a
// name is never taken for a part of a file.
func TestHashesOfOddFiles(t *testing.T) {
	h, hasher := hashing(t, 0, "XMD5")
	h.write("empty", "")
	h.write("f", "text")
	h.write("with 0 2", "text")
	run := h.run([]manifest.Path{"empty", "f", "with 0 2"})
	told, err := hasher.Hashes(h.Context(), run, true)
	if err != nil || told[0].Algorithm != "" || told[1].Algorithm != "MD5" || told[2].Algorithm != "" {
		t.Errorf("%+v, %v", told, err)
	}
	if got := h.count("XMD5"); got != 1 {
		t.Errorf("%d times XMD5, want 1", got)
	}
}

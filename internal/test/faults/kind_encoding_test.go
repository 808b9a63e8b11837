package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// spoken are the encodings of servers, with names whose bytes are a trap: the second byte of 表, ソ, 能, 誠 and 功 is "\",
// that of 東 in GBK is "|", and "я" in windows-1251 is the byte that begins a Telnet command, before "т", "ы" and "я" a
// whole one.
var spoken = []struct {
	name     string
	encoding encoding.Encoding
	names    []string
	proposed string // by ferry check; "" for the same name
}{
	{"windows-1252", charmap.Windows1252, []string{"Größe €.txt", "été/ÿ “x”.txt", "naïve ÿÿ"}, ""},
	{"windows-1251", charmap.Windows1251, []string{"Моя статья.doc", "Память/яя ясы.txt", "сияющий", "я"}, ""},
	{"windows-1250", charmap.Windows1250, []string{"Příloha č. 1.txt", "žluťoučký kůň/ěščřž.txt"}, ""},
	{"cp437", charmap.CodePage437, []string{"Übersicht.txt", "café/ñandú ½.txt", "Größe.txt"}, "cp850"},
	{"cp850", charmap.CodePage850, []string{"Ação São.txt", "smørbrød/Ø.txt"}, ""},
	{"cp866", charmap.CodePage866, []string{"Отчёт за год.txt", "Документы/план.txt"}, ""},
	{"koi8-r", charmap.KOI8R, []string{"Отчёт за год.txt", "Документы/Ъ.txt"}, ""},
	{"iso-8859-1", charmap.ISO8859_1, []string{"Größe.txt", "été/ÿ.txt"}, "windows-1252"},
	{"shift-jis", japanese.ShiftJIS, []string{"表.txt", "ソース/予定表", "能ソ/表示.txt", "テスト①～.txt", "ｱｲｳ.txt"}, ""},
	{"euc-jp", japanese.EUCJP, []string{"表.txt", "ソース/予定表", "日本語のファイル.txt"}, ""},
	{"gbk", simplifiedchinese.GBK, []string{"新建文件夹/中文 誠.txt", "東", "資 誠/誠", "工作报告.doc"}, ""},
	{"gb18030", simplifiedchinese.GB18030, []string{"中文 😀.txt", "誠/한글 é.txt"}, "gbk|gb18030"},
	{"big5", traditionalchinese.Big5, []string{"功能.txt", "許功蓋/餐", "工作報告.doc"}, ""},
	{"euc-kr", korean.EUCKR, []string{"한글 문서.txt", "새 폴더/보고서.txt"}, ""},
}

// encodingKinds are servers without UTF-8.
var encodingKinds = func() (all []kind) {
	for i, s := range spoken {
		more := make(map[string]string)
		for _, name := range s.names {
			more[name] = "content of " + name
		}
		proposed := s.proposed
		if proposed == "" {
			proposed = s.name
		}
		all = append(all, kind{name: s.name, seen: "Windows, routers, NAS boxes", server: ftpserver.Options{Encoding: s.encoding}, more: more,
			args: []string{"--encoding", s.name}, says: "encoding: (" + proposed + ")", another: i > 1 && s.name != "shift-jis"})
	}
	cyrillic := all[1]
	list := func(name string, o ftpserver.Options) {
		k := cyrillic
		o.Encoding = charmap.Windows1251
		k.name, k.server, k.another = "windows-1251, "+name, o, true
		all = append(all, k)
	}
	list("follows Telnet", ftpserver.Options{Telnet: true})
	list("doubles 0xFF in replies", ftpserver.Options{TelnetReplies: true})
	list("LIST only", ftpserver.Options{NoMLSD: true, NoMFMT: true})
	list("LIST only, no SIZE", ftpserver.Options{NoMLSD: true, NoMFMT: true, NoSIZE: true, NoMDTM: true})
	list("lines of DOS", ftpserver.Options{NoMLSD: true, List: ftpserver.DOS})
	kanji := all[8]
	kanji.name, kanji.another = "shift-jis, LIST only", true
	kanji.server.NoMLSD = true
	return append(all, kanji)
}()

// TestEncodedNames makes, edits, renames and removes files with such names on both sides, and whole directories.
func TestEncodedNames(t *testing.T) {
	for _, k := range encodingKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := newKind(t, k)
			var names []string
			for name := range k.more {
				names = append(names, name)
			}
			s.firstPass()
			s.wantQuiet()
			for i, name := range names {
				root, other := s.here, s.there
				if i%2 == 1 {
					root, other = other, root
				}
				write(s.T, other, map[string]string{name: longContent("edited " + name), "new " + name: "new"})
				s.must(os.Rename(filepath.Join(root, "same", "a.txt"), filepath.Join(root, "same", "moved "+filepath.Base(name))))
				if r := s.sync(); r.exit != cli.ExitOK {
					t.Fatalf("after an edit of %q: %s\n%s", name, r, strings.Join(s.server.Transcript(), "\n"))
				}
				s.wantSame()
				s.must(os.Rename(filepath.Join(root, "same", "moved "+filepath.Base(name)), filepath.Join(root, "same", "a.txt")))
				s.must(os.Remove(filepath.Join(root, filepath.FromSlash(name))))
				s.must(os.Rename(filepath.Join(root, filepath.FromSlash("new "+name)), filepath.Join(root, filepath.FromSlash(name))))
				if r := s.sync(); r.exit != cli.ExitOK {
					t.Fatalf("after a rename to %q: %s\n%s", name, r, strings.Join(s.server.Transcript(), "\n"))
				}
				s.wantSame()
			}
			s.must(os.RemoveAll(filepath.Join(s.here, strings.SplitN(names[0], "/", 2)[0])))
			if r := s.sync(); r.exit != cli.ExitOK {
				t.Fatalf("after a deletion: %s", r)
			}
			s.wantSame()
			s.wantQuiet()
			s.wantNoTemps()
			s.wantNothingOutside()
		})
	}
}

// wantSame checks that both sides hold the same.
func (s *scene) wantSame() {
	s.Helper()
	here, there := read(s.T, s.here), read(s.T, s.there)
	for name, content := range here {
		if there[name] != content {
			s.Errorf("%q is %.20q here and %.20q on the server", name, content, there[name])
		}
	}
	for name := range there {
		if _, is := here[name]; !is {
			s.Errorf("only the server has %q", name)
		}
	}
}

// TestLackedNames checks that names which the encoding lacks are named and left alone, and nothing with them.
func TestLackedNames(t *testing.T) {
	s := newScene(t, ftpserver.Options{Encoding: charmap.Windows1252}, "--encoding", "cp1252")
	s.firstPass()
	write(s.T, s.here, map[string]string{"日本.txt": "x", "文档/a.txt": "y", "fine é.txt": "z", "?.txt": "question"})
	s.must(os.Rename(filepath.Join(s.here, "up.bin"), filepath.Join(s.here, "上.bin")))
	s.must(os.Rename(filepath.Join(s.here, "dir-here"), filepath.Join(s.here, "目录")))
	for range 2 {
		r := s.sync()
		if r.exit != cli.ExitIncomplete || r.DeletedRemote+r.DeletedLocal > 0 || !strings.Contains(r.out, "windows-1252 has no character '日' (U+65E5)") {
			t.Fatalf("%s", r)
		}
	}
	there := read(s.T, s.there)
	if there["fine é.txt"] != "z" || there["?.txt"] != "question" || there["up.bin"] != base["up.bin"] || there["dir-here/x.txt"] != "x" {
		t.Errorf("on the server: %q", there)
	}
	if here := read(s.T, s.here); here["日本.txt"] != "x" || here["文档/a.txt"] != "y" || here["上.bin"] != base["up.bin"] {
		t.Errorf("here: %q", here)
	}
	for name := range there {
		if strings.Contains(name, "?") && name != "?.txt" {
			t.Errorf("the server has %q", name)
		}
	}
	for was, now := range map[string]string{"日本.txt": "japan.txt", "文档": "docs", "上.bin": "üp.bin", "目录": "dir"} {
		s.must(os.Rename(filepath.Join(s.here, was), filepath.Join(s.here, now)))
	}
	if r := s.sync(); r.exit != cli.ExitOK {
		t.Errorf("with other names: %s", r)
	}
	s.wantSame()
}

// TestUndecodedNames checks that bytes which are no name in the encoding, and those that would be sent as others, are named
// and left alone. The file beside them is not.
func TestUndecodedNames(t *testing.T) {
	for _, list := range []bool{false, true} {
		s := newScene(t, ftpserver.Options{NoMLSD: list}, "--encoding", "shift-jis") // the bytes are on its disk
		for name, content := range map[string]string{"\x95\x5c.txt": "fine", "\x95": "half", "\x81\xbe": "one", "\x87\x9b": "the same in the eyes of Unicode"} {
			s.must(os.WriteFile(filepath.Join(s.there, name), []byte(content), 0o644))
		}
		before := read(s.T, s.there)
		for range 2 {
			r := s.sync()
			if r.exit != cli.ExitIncomplete || strings.Count(r.out, "not a name in the encoding") != 2 {
				t.Errorf("%s", r)
			}
		}
		here := read(s.T, s.here)
		if len(here) != 2 || here["表.txt"] != "fine" || here["∪"] != "one" {
			t.Errorf("here: %q", here)
		}
		for name, content := range before {
			if got := read(s.T, s.there)[name]; got != content {
				t.Errorf("%q is %q on the server", name, got)
			}
		}
		write(s.T, s.here, map[string]string{"表.txt": "edited"})
		s.must(os.Remove(filepath.Join(s.here, "∪")))
		s.sync()
		there := read(s.T, s.there)
		if there["\x95\x5c.txt"] != "edited" || there["\x87\x9b"] == "" || there["\x95"] != "half" || there["\x81\xbe"] != "" {
			t.Errorf("on the server: %q", there)
		}
	}
}

// TestOtherEncoding checks that another encoding than before deletes nothing, though the server shows all names in
// another way.
func TestOtherEncoding(t *testing.T) {
	s := newScene(t, ftpserver.Options{}, "--trash", "off")
	files := map[string]string{"plain.txt": "plain", "d/plain.txt": "plain"}
	names := []string{"\xef\xf0\xe8\xe2\xe5\xf2.txt", "\xc4\xee\xea/1.txt", "d/\xff.txt", "d/\xff\xff"} // in windows-1251
	for _, name := range names {
		files[name] = "content of " + name
	}
	write(s.T, s.there, files)
	contents := func() map[string]int {
		n := make(map[string]int)
		for _, root := range []string{s.here, s.there} {
			for _, content := range read(s.T, root) {
				n[content]++
			}
		}
		return n
	}
	if r := s.sync("--encoding", "cp1251"); r.exit != cli.ExitOK {
		t.Fatalf("%s", r)
	}
	here := read(s.T, s.here)
	if here["привет.txt"] == "" || here["Док/1.txt"] == "" || here["d/я.txt"] == "" || here["d/яя"] == "" {
		t.Fatalf("here: %q", here)
	}
	for _, change := range []string{"cp866", "utf-8", "cp1251", "gbk", "cp1251"} {
		before := contents()
		dry := s.sync("--encoding", change, "--dry-run")
		r := s.sync("--encoding", change)
		if dry.DeletedLocal+dry.DeletedRemote+r.DeletedLocal+r.DeletedRemote+r.Moved > 0 {
			t.Errorf("%s: %s", change, r)
		}
		after := contents()
		for content, n := range before {
			if after[content] < n {
				t.Errorf("%s: %d copies of %q were there, and %d are", change, n, content, after[content])
			}
		}
	}
	// What was deleted under an encoding is deleted as always.
	s.must(os.Remove(filepath.Join(s.here, "привет.txt")))
	if r := s.sync("--encoding", "cp1251"); r.DeletedRemote != 1 {
		t.Errorf("a file that was removed: %s", r)
	}
}

// TestEncodingHint checks that a pass which meets names that are not UTF-8 says where to look, once, and that "encoding:
// utf-8" takes them as they are without a word.
func TestEncodingHint(t *testing.T) {
	s := newScene(t, ftpserver.Options{})
	write(s.T, s.there, map[string]string{"caf\xe9": "x", "d/\xe9t\xe9": "y"})
	if r := s.sync("--json=false"); strings.Count(r.out, "ferry check") != 1 || r.exit != cli.ExitOK {
		t.Errorf("%s", r)
	}
	if r := s.sync("--json=false", "--encoding", "utf8"); strings.Contains(r.out, "ferry check") || r.exit != cli.ExitOK {
		t.Errorf("%s", r)
	}
}

// TestDecomposedNames checks that names which the local side spells with combining characters, as macOS does, go to a server
// whose encoding has only the composed letters.
func TestDecomposedNames(t *testing.T) {
	for _, list := range []bool{false, true} {
		s := newScene(t, ftpserver.Options{Encoding: charmap.Windows1252, NoMLSD: list}, "--encoding", "cp1252")
		s.noTrash = true
		step := func(what string, want map[string]string) {
			t.Helper()
			for _, command := range []string{"push", "sync"} {
				s.command = command
				if r := s.sync(); r.exit != cli.ExitOK {
					t.Fatalf("%s, %s: %s\n%s", what, command, r, strings.Join(s.server.Transcript(), "\n"))
				}
				there := read(s.T, s.there)
				for name, content := range want {
					if there[name] != content {
						t.Errorf("%s, %s: %q is %q on the server", what, command, name, there[name])
					}
				}
				if len(there) != len(want) {
					t.Errorf("%s, %s: the server has %q", what, command, there)
				}
			}
		}
		const e, u, a = "e\u0301", "u\u0308", "a\u0300"
		write(s.T, s.here, map[string]string{"caf" + e: "1", e + "/" + u + ".txt": "2"})
		step("new", map[string]string{"café": "1", "é/ü.txt": "2"})
		s.must(os.Rename(filepath.Join(s.here, "caf"+e), filepath.Join(s.here, e, a)))
		step("renamed", map[string]string{"é/à": "1", "é/ü.txt": "2"})
		write(s.T, s.here, map[string]string{e + "/" + a: "edited"})
		step("edited", map[string]string{"é/à": "edited", "é/ü.txt": "2"})
		s.must(os.Rename(filepath.Join(s.here, e), filepath.Join(s.here, u)))
		step("a directory renamed", map[string]string{"ü/à": "edited", "ü/ü.txt": "2"})
		s.must(os.Remove(filepath.Join(s.here, u, u+".txt")))
		step("removed", map[string]string{"ü/à": "edited"})
	}
}

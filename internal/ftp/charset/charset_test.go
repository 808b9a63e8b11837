package charset

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"windows-1251": "windows-1251", "CP1251": "windows-1251", "Latin1": "iso-8859-1", "ISO_8859-15": "iso-8859-15", "Shift_JIS": "shift-jis",
		"cp932": "shift-jis", "GB2312": "gbk", "UTF-8": "utf-8", "utf8": "utf-8", "KOI8-R": "koi8-r", "ibm437": "cp437", "cp949": "euc-kr",
	} {
		if c, err := Find(name); err != nil || c.Name() != want {
			t.Errorf("Find(%q) = %q, %v", name, c.Name(), err)
		}
	}
	for _, name := range []string{"", "utf-16", "iso-2022-jp", "ebcdic", "latin"} {
		if _, err := Find(name); err == nil {
			t.Errorf("Find(%q) finds something", name)
		}
	}
	seen := make(map[string]bool)
	for _, c := range charsets {
		for alias := range strings.FieldsSeq(c.aliases) {
			if seen[alias] {
				t.Errorf("%q stands for two encodings", alias)
			}
			seen[alias] = true
		}
	}
}

// TestNames are names whose bytes are known.
func TestNames(t *testing.T) {
	for _, c := range []struct{ charset, text, bytes string }{
		{"windows-1252", "Größe €.txt", "Gr\xf6\xdfe \x80.txt"},
		{"windows-1251", "Моя статья", "\xcc\xee\xff \xf1\xf2\xe0\xf2\xfc\xff"},
		{"windows-1250", "Dvořák", "Dvo\xf8\xe1k"},
		{"cp866", "Отчёт", "\x8e\xe2\xe7\xf1\xe2"},
		{"koi8-r", "Отчёт", "\xef\xd4\xde\xa3\xd4"},
		{"cp437", "café", "caf\x82"},
		{"cp850", "Straße", "Stra\xe1e"},
		{"iso-8859-1", "naïve", "na\xefve"},
		{"shift-jis", "表示ソ能", "\x95\x5c\x8e\xa6\x83\x5c\x94\x5c"},
		{"shift-jis", "髙橋①～", "\xfb\xfc\x8b\xb4\x87\x40\x81\x60"},
		{"euc-jp", "表示", "\xc9\xbd\xbc\xa8"},
		{"gbk", "中文", "\xd6\xd0\xce\xc4"},
		{"gbk", "誠", "\xd5\x5c"}, // ends with "\"
		{"gbk", "東", "\x96\x7c"}, // ends with "|"
		{"gb18030", "😀", "\x94\x39\xfc\x36"},
		{"big5", "功", "\xa5\x5c"},
		{"euc-kr", "한글", "\xc7\xd1\xb1\xdb"},
		{"utf-8", "a\xff", "a\xff"},
	} {
		cs, err := Find(c.charset)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := cs.Encode(c.text); got != c.bytes || err != nil {
			t.Errorf("%s: %q becomes %q, %v, want %q", c.charset, c.text, got, err, c.bytes)
		}
		if got, exact := cs.Decode(c.bytes); got != c.text || !exact {
			t.Errorf("%s: %q reads %q, exact %v, want %q", c.charset, c.bytes, got, exact, c.text)
		}
	}
}

// TestLacks checks that nothing is replaced: what an encoding lacks is refused, and so are
// bytes that would come out as others.
func TestLacks(t *testing.T) {
	for _, c := range []struct {
		charset, text string
		char          rune
	}{
		{"windows-1252", "a 日本", '日'}, {"windows-1251", "é", 'é'}, {"cp437", "ø", 'ø'}, {"shift-jis", "한", '한'}, {"gbk", "😀", '😀'},
		{"shift-jis", "¥", '¥'}, {"shift-jis", "‾", '‾'}, {"iso-8859-1", "€", '€'}, {"windows-1252", "bad\xe4", utf8.RuneError},
		{"windows-1252", "e\u0301", '\u0301'}, {"gb18030", "\ufffd\xe4", utf8.RuneError}, {"iso-8859-1", "？", '？'},
	} {
		cs, _ := Find(c.charset)
		got, err := cs.Encode(c.text)
		var lacks *LacksError
		if !errors.As(err, &lacks) || lacks.Char != c.char || got != "" {
			t.Errorf("%s: %q becomes %q, %v", c.charset, c.text, got, err)
		}
	}
	for _, c := range []struct{ charset, bytes string }{
		{"shift-jis", "\x95"}, {"shift-jis", "\xed\x40"}, {"shift-jis", "\x80"}, {"shift-jis", "\x87\x90"}, {"gbk", "\xa2\xe3"}, {"gbk", "\xff"},
		{"gb18030", "\x80"}, {"gb18030", "\x81\x30"}, {"big5", "\x88\x62"}, {"euc-jp", "\xad\xf0"}, {"euc-kr", "\xc7"}, {"windows-1252", "\x81"},
	} {
		cs, _ := Find(c.charset)
		if got, exact := cs.Decode(c.bytes); exact {
			t.Errorf("%s: %q reads %q", c.charset, c.bytes, got)
		}
	}
}

// TestASCII checks what the FTP client relies on: ASCII stays what it is, and no byte of
// any other character is "/", a quote, a space, or the end of a line.
func TestASCII(t *testing.T) {
	for _, c := range charsets[1:] {
		for b := range rune(0x80) {
			one := string(b)
			if bytes, err := c.encoding.NewEncoder().String(one); bytes != one || err != nil {
				t.Errorf("%s: %q becomes %q, %v", c.name, one, bytes, err)
			}
			if text, err := c.encoding.NewDecoder().String(one); text != one || err != nil {
				t.Errorf("%s: %q reads %q, %v", c.name, one, text, err)
			}
		}
		for lead := 0x80; lead < 0x100; lead++ {
			for _, trail := range []byte("/\" ;\r\n\x00.") {
				bytes := string([]byte{byte(lead), trail})
				if text, exact := c.Decode(bytes); exact && !strings.HasSuffix(text, string(rune(trail))) {
					t.Errorf("%s: %q in the middle of %q", c.name, trail, text)
				}
			}
		}
	}
}

// encodable draws text that an encoding has, from random bytes of every length.
func encodable(t *rapid.T, c *Charset, label string) string {
	var b strings.Builder
	for _, piece := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 4), 0, 8).Draw(t, label) {
		if text, exact := c.Decode(string(piece)); exact {
			b.WriteString(text)
		}
	}
	return b.String()
}

// TestRoundTrips checks for every encoding that text comes back as it was, that two texts
// never have the same bytes, and that any bytes are either refused or come back.
func TestRoundTrips(t *testing.T) {
	for _, c := range charsets {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			one, other := encodable(t, c.Charset, "one"), encodable(t, c.Charset, "other")
			if rapid.Bool().Draw(t, "any") {
				other = rapid.String().Draw(t, "text")
			}
			a, err := c.Encode(one)
			if err != nil {
				t.Fatalf("%q: %v", one, err)
			}
			if back, exact := c.Decode(a); back != one || !exact {
				t.Fatalf("%q is %q, and reads %q, exact %v", one, a, back, exact)
			}
			if b, err := c.Encode(other); err == nil {
				if (a == b) != (one == other) {
					t.Fatalf("%q and %q have the bytes %q and %q", one, other, a, b)
				}
			}
			bytes := string(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "bytes"))
			if text, exact := c.Decode(bytes); exact {
				if again, err := c.Encode(text); again != bytes || err != nil {
					t.Fatalf("%q reads %q, and becomes %q, %v", bytes, text, again, err)
				}
			}
		}))
	}
}

// TestEveryCharacter checks that no two characters share their bytes, in the encodings
// with the largest tables.
func TestEveryCharacter(t *testing.T) {
	for _, name := range []string{"shift-jis", "gbk", "big5", "windows-1251"} {
		c, _ := Find(name)
		seen := make(map[string]rune)
		for r := rune(0x80); r < 0xFFFE; r++ {
			if _, ok := c.encode(string(r)); !ok {
				continue // soon told, where Encode looks for the character to name
			}
			if bytes, err := c.Encode(string(r)); err == nil {
				if q, twice := seen[bytes]; twice {
					t.Errorf("%s: %q and %q are both %q", name, q, r, bytes)
				}
				seen[bytes] = r
			}
		}
	}
}

package charset

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charsets are all encodings, the common ones first. In each of them the bytes below 0x80
// are ASCII, and no other character has a byte that ends a line or a path component.
// Encodings in which that is not so (UTF-16, ISO 2022, EBCDIC) cannot be spoken over FTP.
var charsets = []struct {
	*Charset
	aliases string // other names, without "-" and "_"
}{
	{UTF8, "utf8"},
	{&Charset{name: "windows-1252", encoding: charmap.Windows1252}, "cp1252 1252 ansi"},
	{&Charset{name: "windows-1251", encoding: charmap.Windows1251}, "cp1251 1251"},
	{&Charset{name: "windows-1250", encoding: charmap.Windows1250}, "cp1250 1250"},
	{&Charset{name: "windows-1253", encoding: charmap.Windows1253}, "cp1253 1253"},
	{&Charset{name: "windows-1254", encoding: charmap.Windows1254}, "cp1254 1254"},
	{&Charset{name: "windows-1255", encoding: charmap.Windows1255}, "cp1255 1255"},
	{&Charset{name: "windows-1256", encoding: charmap.Windows1256}, "cp1256 1256"},
	{&Charset{name: "windows-1257", encoding: charmap.Windows1257}, "cp1257 1257"},
	{&Charset{name: "windows-1258", encoding: charmap.Windows1258}, "cp1258 1258"},
	{&Charset{name: "windows-874", encoding: charmap.Windows874}, "cp874 874 tis620 iso885911"},
	{&Charset{name: "shift-jis", encoding: japanese.ShiftJIS, preferred: windowsKanji}, "sjis shiftjis cp932 932 ms932 windows932 windows31j mskanji"},
	{&Charset{name: "euc-jp", encoding: japanese.EUCJP}, "eucjp ujis"},
	{&Charset{name: "gbk", encoding: simplifiedchinese.GBK}, "cp936 936 windows936 gb2312 euccn"},
	{&Charset{name: "gb18030", encoding: simplifiedchinese.GB18030}, "cp54936"},
	{&Charset{name: "big5", encoding: traditionalchinese.Big5}, "cp950 950 windows950 big5hkscs"},
	{&Charset{name: "euc-kr", encoding: korean.EUCKR}, "euckr cp949 949 windows949 uhc ksc5601 ksx1001"},
	{&Charset{name: "cp437", encoding: charmap.CodePage437}, "ibm437 437 dos"},
	{&Charset{name: "cp850", encoding: charmap.CodePage850}, "ibm850 850"},
	{&Charset{name: "cp852", encoding: charmap.CodePage852}, "ibm852 852"},
	{&Charset{name: "cp855", encoding: charmap.CodePage855}, "ibm855 855"},
	{&Charset{name: "cp858", encoding: charmap.CodePage858}, "ibm858 858"},
	{&Charset{name: "cp860", encoding: charmap.CodePage860}, "ibm860 860"},
	{&Charset{name: "cp862", encoding: charmap.CodePage862}, "ibm862 862"},
	{&Charset{name: "cp863", encoding: charmap.CodePage863}, "ibm863 863"},
	{&Charset{name: "cp865", encoding: charmap.CodePage865}, "ibm865 865"},
	{&Charset{name: "cp866", encoding: charmap.CodePage866}, "ibm866 866"},
	{&Charset{name: "koi8-r", encoding: charmap.KOI8R}, "koi8r koi8"},
	{&Charset{name: "koi8-u", encoding: charmap.KOI8U}, "koi8u"},
	{&Charset{name: "iso-8859-1", encoding: charmap.ISO8859_1}, "iso88591 88591 latin1 l1"},
	{&Charset{name: "iso-8859-2", encoding: charmap.ISO8859_2}, "iso88592 88592 latin2 l2"},
	{&Charset{name: "iso-8859-3", encoding: charmap.ISO8859_3}, "iso88593 88593 latin3"},
	{&Charset{name: "iso-8859-4", encoding: charmap.ISO8859_4}, "iso88594 88594 latin4"},
	{&Charset{name: "iso-8859-5", encoding: charmap.ISO8859_5}, "iso88595 88595"},
	{&Charset{name: "iso-8859-6", encoding: charmap.ISO8859_6}, "iso88596 88596"},
	{&Charset{name: "iso-8859-7", encoding: charmap.ISO8859_7}, "iso88597 88597"},
	{&Charset{name: "iso-8859-8", encoding: charmap.ISO8859_8}, "iso88598 88598"},
	{&Charset{name: "iso-8859-9", encoding: charmap.ISO8859_9}, "iso88599 88599 latin5"},
	{&Charset{name: "iso-8859-10", encoding: charmap.ISO8859_10}, "iso885910 latin6"},
	{&Charset{name: "iso-8859-13", encoding: charmap.ISO8859_13}, "iso885913 latin7"},
	{&Charset{name: "iso-8859-14", encoding: charmap.ISO8859_14}, "iso885914 latin8"},
	{&Charset{name: "iso-8859-15", encoding: charmap.ISO8859_15}, "iso885915 latin9 latin0"},
	{&Charset{name: "iso-8859-16", encoding: charmap.ISO8859_16}, "iso885916 latin10"},
	{&Charset{name: "macintosh", encoding: charmap.Macintosh}, "mac macroman"},
	{&Charset{name: "mac-cyrillic", encoding: charmap.MacintoshCyrillic}, "maccyrillic xmaccyrillic"},
}

// Names returns the names of all encodings, the common ones first.
func Names() []string {
	names := make([]string, len(charsets))
	for i, c := range charsets {
		names[i] = c.name
	}
	return names
}

// Find returns the encoding that is called name, in upper or lower case, with or without
// hyphens: "windows-1251", "CP1251", "Latin1".
func Find(name string) (*Charset, error) {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	if c, ok := byName()[plain]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("%q is not an encoding that can be used over FTP", name)
}

var byName = sync.OnceValue(func() map[string]*Charset {
	found := make(map[string]*Charset)
	for _, c := range charsets {
		found[strings.ReplaceAll(c.name, "-", "")] = c.Charset
		for alias := range strings.FieldsSeq(c.aliases) {
			found[alias] = c.Charset
		}
	}
	return found
})

// windowsKanji are the characters that Shift JIS has twice, of which the encoder takes the
// rows of NEC (0xED and 0xEE), and Windows those of IBM (0xFA to 0xFC), as in 髙.
var windowsKanji = sync.OnceValue(func() map[rune]string {
	preferred := make(map[rune]string)
	for lead := 0xFA; lead <= 0xFC; lead++ {
		for trail := 0x40; trail <= 0xFC; trail++ {
			bytes := string([]byte{byte(lead), byte(trail)})
			char, err := japanese.ShiftJIS.NewDecoder().String(bytes)
			r := []rune(char)
			if err != nil || len(r) != 1 || r[0] == '\uFFFD' {
				continue
			}
			taken, err := japanese.ShiftJIS.NewEncoder().String(char)
			if err == nil && len(taken) == 2 && (taken[0] == 0xED || taken[0] == 0xEE) {
				preferred[r[0]] = bytes
			}
		}
	}
	return preferred
})

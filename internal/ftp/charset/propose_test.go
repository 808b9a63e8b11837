package charset

import (
	"slices"
	"testing"
)

// Each row holds names in one encoding, and what is proposed for them first.
func TestPropose(t *testing.T) {
	for _, c := range []struct {
		charset, want string
		names         []string
	}{
		{"windows-1252", "", []string{"Größe.txt"}},
		{"windows-1252", "", []string{"Übersicht März.doc", "readme.txt", "Straßenkarte.pdf"}},
		{"windows-1252", "", []string{"été 2019", "Théâtre", "façade.jpg", "à voir"}},
		{"windows-1252", "", []string{"mañana", "Información.doc", "año"}},
		{"windows-1252", "", []string{"Ação", "São Paulo.txt"}},
		{"windows-1252", "", []string{"smørbrød", "Århus.txt", "blåbær"}},
		{"iso-8859-1", "windows-1252", []string{"Größe.txt", "Müller"}},
		{"windows-1251", "", []string{"Привет.txt"}},
		{"windows-1251", "", []string{"Документы", "Моя статья.doc", "план работ.xls"}},
		{"windows-1251", "", []string{"отчет за год.doc"}},
		{"koi8-r", "", []string{"Привет.txt", "Документы"}},
		{"koi8-r", "", []string{"отчет за год.doc"}},
		{"cp866", "", []string{"Привет.txt", "Документы"}},
		{"cp866", "", []string{"отчет за год.doc"}},
		{"windows-1250", "", []string{"Příloha č. 1.txt", "Dvořák", "žluťoučký kůň"}},
		{"windows-1250", "", []string{"Łódź zdjęcia", "książki"}},
		{"cp852", "", []string{"Příloha č. 1.txt", "Dvořák", "žluťoučký kůň"}},
		{"cp850", "", []string{"Größe.txt", "Übersicht"}},
		{"cp850", "", []string{"São João", "Ação"}},
		{"cp437", "cp850", []string{"café", "Größe"}}, // which has more letters
		{"shift-jis", "", []string{"テスト.txt", "新しいフォルダー", "表示"}},
		{"shift-jis", "", []string{"日本語のファイル.txt"}},
		{"euc-jp", "", []string{"テスト.txt", "新しいフォルダー", "表示"}},
		{"gbk", "", []string{"新建文件夹", "我的文档.doc", "图片"}},
		{"gbk", "", []string{"工作报告2019.xls"}},
		{"big5", "", []string{"新增資料夾", "我的文件.doc", "圖片"}},
		{"euc-kr", "", []string{"새 폴더", "한글 문서.hwp", "사진"}},
		{"windows-1253", "", []string{"Έγγραφα", "φωτογραφίες", "νέος φάκελος"}},
		{"windows-1254", "", []string{"Yeni Klasör", "İstanbul ığdır", "şirket"}},
		{"windows-874", "", []string{"เอกสาร", "รูปภาพ"}},
	} {
		cs, _ := Find(c.charset)
		names := []string{"plain.txt", "é in UTF-8"}
		for _, name := range c.names {
			bytes, err := cs.Encode(name)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, bytes)
		}
		if c.want == "" {
			c.want = c.charset
		}
		got := Propose(names)
		if len(got) == 0 || got[0].Charset.Name() != c.want || c.want == c.charset && !slices.Contains(c.names, got[0].Sample) {
			var all []string
			for _, p := range got {
				all = append(all, p.Charset.Name()+": "+p.Sample)
			}
			t.Errorf("%q in %s: %q is proposed", c.names, c.charset, all)
		}
	}
	// Hebrew has the bytes of Cyrillic letters, so the sample must tell.
	if got := Propose([]string{"\xfa\xee\xe5\xf0\xe5\xfa"}); !slices.ContainsFunc(got, func(p Proposal) bool { return p.Sample == "תמונות" }) {
		t.Errorf("%v is proposed", got)
	}
	for _, names := range [][]string{nil, {"plain", "Größe"}, {"\x00\x01\xff\xfe\xff\xfe"}} {
		if got := Propose(names); len(got) > 0 {
			t.Errorf("%q: %v is proposed", names, got[0].Charset.Name())
		}
	}
}

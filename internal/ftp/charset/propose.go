package charset

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Proposal is an encoding that names may be in.
type Proposal struct {
	Charset *Charset
	Sample  string // one of the names, as the encoding reads it
}

// A candidate is an encoding that may be proposed, and what speaks for it. It is a guess,
// which people check by looking at the sample.
type candidate struct {
	charset string
	// alphabets are the letters beside those of ASCII of languages that are written in it,
	// where "|" stands before letters that are rarer. Names are taken to be in one of them.
	alphabets []string
	// weigh says how usual a character of several bytes is, from 0 to 1.
	weigh func(lead byte, char rune) float64
}

var (
	western = []string{"äöüß", "éèêàçâîôùûëï|œæÿ", "áéíóúñ|ü¿¡", "ãçáéíóõâêôàúü", "àèéìòù", "åäö|é", "æøå|é", "áéíóúö|ýþæð", "éëïöü"}
	central = []string{"áéíýěščřžůúóťďň", "áéíýčšžľťňúóäôďĺŕ", "ąćęłńóśźż", "áéóöüőúíű", "čšžćđ", "ăâîşţ"}
	slavic  = []string{"оеаинтсрвлкмдпуяы|ьгзбчйхжшюцщэфёъ", "оаинтвероскілдмупзягьбчйїє|хжцшюфщґ", "аоиетнрсвлкдпмзгъуячбжйхщцшю"}
)

// candidates are in the order in which they are proposed where they fit equally well.
var candidates = []candidate{
	{charset: "windows-1252", alphabets: western},
	{charset: "windows-1251", alphabets: slavic},
	{charset: "shift-jis", weigh: func(lead byte, r rune) float64 { return weighJapanese(r, lead >= 0x88 && lead <= 0x97) }},
	{charset: "euc-jp", weigh: func(lead byte, r rune) float64 { return weighJapanese(r, lead >= 0xB0 && lead <= 0xCF) }},
	{charset: "euc-kr", weigh: func(lead byte, r rune) float64 {
		return choose(unicode.Is(unicode.Hangul, r), choose(lead >= 0xB0 && lead <= 0xC8, 1, 0.2), choose(lead == 0xA1 || lead == 0xA3, 0.3, 0.1))
	}},
	{charset: "gbk", weigh: func(lead byte, r rune) float64 {
		return choose(lead >= 0xB0 && lead <= 0xD7, 0.95, choose(lead > 0xD7 || lead == 0xA1 || lead == 0xA3, 0.4, 0.2))
	}},
	{charset: "big5", weigh: func(lead byte, r rune) float64 {
		return choose(lead >= 0xA4 && lead <= 0xC6, 0.96, choose(lead >= 0xC9, 0.3, 0.1))
	}},
	{charset: "gb18030", weigh: func(lead byte, r rune) float64 {
		return choose(lead >= 0xB0 && lead <= 0xD7, 0.94, choose(lead > 0xD7, 0.4, 0.3))
	}},
	{charset: "windows-1250", alphabets: central},
	{charset: "cp850", alphabets: western},
	{charset: "cp437", alphabets: western},
	{charset: "cp852", alphabets: central},
	{charset: "cp866", alphabets: slavic},
	{charset: "koi8-r", alphabets: slavic},
	{charset: "koi8-u", alphabets: slavic},
	{charset: "iso-8859-2", alphabets: central},
	{charset: "windows-1253", alphabets: []string{"αοιετσνηυρπκμλςωάίόέήύώ|γδβθχφξζψϊ"}},
	{charset: "windows-1254", alphabets: []string{"ığşçöüİ"}},
	{charset: "windows-1255", alphabets: []string{"אבגדהוזחטיךכלםמןנסעףפץצקרשת"}},
	{charset: "windows-1256", alphabets: []string{"ابتثجحخدذرزسشصضطظعغفقكلمنهوي|ةىءأإآؤئ"}},
	{charset: "windows-1257", alphabets: []string{"ąčęėįšųūž", "āčēģīķļņšūž", "õäöü"}},
	{charset: "windows-874", alphabets: []string{"กขคงจชซญดตถทธนบปผพฟภมยรลวศษสหอฮะัาำิีึืุูเแโใไ็่้๊๋์"}},
	{charset: "iso-8859-5", alphabets: slavic},
	{charset: "macintosh", alphabets: western},
}

func choose(first bool, yes, no float64) float64 {
	if first {
		return yes
	}
	return no
}

func weighJapanese(r rune, common bool) float64 {
	switch {
	case unicode.In(r, unicode.Hiragana, unicode.Katakana) && (r < 0xFF61 || r > 0xFF9F), r == 'ー', r == '々':
		return 1
	case common:
		return 0.9
	}
	return 0.3
}

const (
	enough = 0.6 // what the first proposal must score, of 1
	near   = 0.2 // how much less another one may score
	most   = 3   // proposals
)

// Propose returns the encodings that names may be in, the likeliest first, or none. Only
// names that are not UTF-8 count.
func Propose(names []string) []Proposal {
	var odd []string
	for _, name := range names {
		if !utf8.ValidString(name) && len(odd) < 500 {
			odd = append(odd, name)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	type scored struct {
		Proposal
		score float64
	}
	var all []scored
	for _, c := range candidates {
		charset, _ := Find(c.charset)
		if texts := decodeAll(charset, odd); texts != nil {
			all = append(all, scored{Proposal{charset, longest(texts)}, c.score(charset, texts)})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var proposals []Proposal
	for _, p := range all {
		if p.score >= max(enough, all[0].score-near) && len(proposals) < most {
			proposals = append(proposals, p.Proposal)
		}
	}
	return proposals
}

// decodeAll returns the names as c reads them, nil where it does not read nearly all.
func decodeAll(c *Charset, names []string) (texts []string) {
	for _, name := range names {
		if text, exact := c.Decode(name); exact && !strings.ContainsFunc(text, unicode.IsControl) {
			texts = append(texts, text)
		}
	}
	if len(texts)*20 < len(names)*19 {
		return nil
	}
	return texts
}

// longest returns the text with the most characters beside ASCII.
func longest(texts []string) string {
	return slices.MaxFunc(texts, func(a, b string) int { return beyondASCII(a) - beyondASCII(b) })
}

func beyondASCII(text string) (n int) {
	for _, r := range text {
		if r >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// score says how usual the characters beside ASCII are, from 0 to 1.
func (c *candidate) score(charset *Charset, texts []string) (best float64) {
	if c.weigh != nil {
		return average(texts, func(_, r, _ rune) float64 {
			bytes, _ := charset.Encode(string(r))
			return choose(len(bytes) > 1, c.weigh((bytes + " ")[0], r), 0.2)
		})
	}
	family := strings.Join(c.alphabets, "")
	for _, alphabet := range c.alphabets {
		common, rare, _ := strings.Cut(alphabet, "|")
		best = max(best, average(texts, func(before, r, after rune) float64 { return weighLetter(before, r, after, common, rare, family) }))
	}
	return best
}

// weighLetter says how usual a letter is between its neighbours, in a language whose
// letters are common and rare. Its neighbours have those of family.
func weighLetter(before, r, after rune, common, rare, family string) float64 {
	lower := unicode.ToLower(r)
	weight := 0.0
	switch {
	case strings.ContainsRune(common, lower) || strings.ContainsRune(common, r):
		weight = 1
	case strings.ContainsRune(rare, lower):
		weight = 0.8
	case strings.ContainsRune(family, lower):
		weight = 0.5
	case strings.ContainsRune("–—‘’“”„«»€§°½²³©®№", r):
		return 0.5
	case !unicode.IsLetter(r):
		return -1
	}
	switch {
	case !unicode.Is(unicode.Latin, r) && (unicode.Is(unicode.Latin, before) || unicode.Is(unicode.Latin, after)):
		return -1 // no word has letters of two scripts
	case !unicode.IsUpper(r):
	case unicode.IsLower(before): // aB
		return -1
	case unicode.IsUpper(before) || unicode.IsUpper(after): // ABC
		return weight / 2
	}
	return weight
}

// average returns the mean of weigh over the characters beside ASCII, each with its
// neighbours.
func average(texts []string, weigh func(before, r, after rune) float64) float64 {
	sum, n := 0.0, 0
	for _, text := range texts {
		runes := append([]rune(text), ' ')
		before := ' '
		for i, r := range runes {
			if r >= utf8.RuneSelf {
				sum, n = sum+weigh(before, r, runes[i+1]), n+1
			}
			before = r
		}
	}
	return sum / float64(max(n, 1))
}

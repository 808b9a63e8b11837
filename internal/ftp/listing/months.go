package listing

import "strings"

// months are the names of the months in the languages that servers speak, short and
// long, in the cases that dates use. No name stands for two months.
var months = [12]string{
	"jan january januar janv janvier ene enero gen gennaio janeiro januari sty stycznia styczeń led ledna leden янв январь января",
	"feb february februar févr février fevr fev fevereiro febrero febbraio februari lut lutego luty úno unora února únor фев февр февраль февраля",
	"mar march mär mär. märz mrz maerz mars marzo março marco mrt maart marca marzec bře bre března březen мар март марта",
	"apr april avr avril abr abril aprile kwi kwietnia kwiecień dub dubna duben апр апрель апреля",
	"may mai mayo mag maggio maio mei maj maja kvě kve května květen май мая",
	"jun june juni juin junio giu giugno junho cze czerwca czerwiec čer cer června červen июн июнь июня",
	"jul july juli juil juillet julio lug luglio julho lip lipca lipiec čvc cvc července červenec июл июль июля",
	"aug august août aout ago agosto augustus augusti sie sierpnia sierpień srp srpna srpen авг август августа",
	"sep sept september septembre septiembre set settembre setembro wrz września wrzesień zář zar září сен сент сентябрь сентября",
	"oct october okt oktober octobre octubre ott ottobre out outubro paź paz października październik říj rij října říjen окт октябрь октября",
	"nov november novembre noviembre novembro lis listopada listopad ноя нояб ноябрь ноября",
	"dec december dez dezember déc décembre dic diciembre dicembre dezembro gru grudnia grudzień pro prosince prosinec дек декабрь декабря",
}

var monthNumbers = func() map[string]int {
	numbers := make(map[string]int)
	for i, names := range months {
		for name := range strings.FieldsSeq(names) {
			numbers[name] = i + 1
		}
	}
	return numbers
}()

// Units of dates behind their numbers, as in "5月", in UTF-8 and in the older encodings
// of Chinese, Japanese and Korean systems: GBK, Shift JIS, EUC-JP, Big5, EUC-KR.
var (
	yearUnits  = []string{"年", "년", "\xc4\xea", "\x94\x4e", "\xc7\xaf", "\xa6\x7e", "\xb3\xe2"}
	monthUnits = []string{"月", "월", "\xd4\xc2", "\x8c\x8e", "\xb7\xee", "\xa4\xeb", "\xbf\xf9"}
	dayUnits   = []string{"日", "일", "\xc8\xd5", "\x93\xfa", "\xc6\xfc", "\xa4\xe9", "\xc0\xcf"}
)

// cutUnit returns the digits before one of units at the end of s.
func cutUnit(s string, units []string) (string, bool) {
	for _, unit := range units {
		if before, ok := strings.CutSuffix(s, unit); ok && digits(before) {
			return before, true
		}
	}
	return "", false
}

// unitToken is [token], but ends a word after a unit: "2026年11月22日" are three words.
func unitToken(s string) (first, rest string) {
	s = strings.TrimLeft(s, blanks)
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	for _, units := range [][]string{yearUnits, monthUnits, dayUnits} {
		for _, unit := range units {
			if n > 0 && strings.HasPrefix(s[n:], unit) {
				return s[:n+len(unit)], s[n+len(unit):]
			}
		}
	}
	return token(s)
}

// month returns the number of the month that word names. known is false if the word
// can be the name of a month in some other language. ok is false if it cannot be one.
func month(word string) (number int, known, ok bool) {
	word = strings.ToLower(strings.TrimRight(word, ".,"))
	if n, found := monthNumbers[word]; found {
		return n, true, true
	}
	for i := range len(word) {
		if c := word[i]; c < 'a' && c != '.' || c > 'z' && c < 0x80 {
			return 0, false, false
		}
	}
	return 0, false, word != ""
}

package config

import "ferry/internal/ftp/charset"

// ParseEncoding reads the name of the encoding of a server's names.
func ParseEncoding(s string) (*charset.Charset, error) {
	c, err := charset.Find(s)
	if err == nil {
		return c, nil
	}
	hint := "such are utf-8, windows-1252, windows-1251, cp437, shift-jis, gbk; \"ferry check\" proposes the one that fits"
	if near := Suggest(s, charset.Names()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, withHint(err, hint)
}

package config

import "ferry/internal/ftp/charset"

// ParseEncoding reads the name of the encoding of a server's names, and returns it as
// [charset.Names] has it.
func ParseEncoding(s string) (string, error) {
	c, err := charset.Find(s)
	if err == nil {
		return c.Name(), nil
	}
	hint := "such are utf-8, windows-1252, windows-1251, cp437, shift-jis, gbk; \"ferry check\" proposes the one that fits"
	if near := Suggest(s, charset.Names()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return "", withHint(err, hint)
}

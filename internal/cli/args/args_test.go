package args

import (
	"slices"
	"testing"
)

func TestExpand(t *testing.T) {
	env := func(name string) string {
		return map[string]string{
			"PLAIN":    " site\t--strict\n",
			"QUOTED":   `--exclude 'a b' --revision "it's" c\ d "" 'x'"y"`,
			"HOSTILE":  "$(id) `id` ; rm * --args-from-env PLAIN",
			"UNPAIRED": "a 'b",
			"ENDS":     `a \`,
		}[name]
	}
	for _, c := range []struct {
		args, want []string
		fails      bool
	}{
		{[]string{"deploy", "site"}, []string{"deploy", "site"}, false},
		{[]string{"deploy", "--args-from-env", "PLAIN"}, []string{"deploy", "site", "--strict"}, false},
		{[]string{"deploy", "--args-from-env=QUOTED", "z"}, []string{"deploy", "--exclude", "a b", "--revision", "it's", "c d", "", "xy", "z"}, false},
		{[]string{"deploy", "--args-from-env", "HOSTILE"}, []string{"deploy", "$(id)", "`id`", ";", "rm", "*", "--args-from-env", "PLAIN"}, false},
		{[]string{"deploy", "--args-from-env", "NONE"}, []string{"deploy"}, false},
		{[]string{"deploy", "--", "--args-from-env", "PLAIN"}, []string{"deploy", "--", "--args-from-env", "PLAIN"}, false},
		{[]string{"deploy", "--args-from-env", "UNPAIRED"}, nil, true},
		{[]string{"deploy", "--args-from-env", "ENDS"}, nil, true},
		{[]string{"deploy", "--args-from-env"}, nil, true},
	} {
		got, err := Expand(c.args, env)
		if !slices.Equal(got, c.want) || (err != nil) != c.fails {
			t.Errorf("%q: %q, %v", c.args, got, err)
		}
	}
}

package cli

import "testing"

func TestColors(t *testing.T) {
	for _, c := range []struct {
		name     string
		env      Env
		rule     colorRule
		terminal bool
		want     bool
	}{
		{"a terminal", Env{}, colorAuto, true, true},
		{"no terminal", Env{}, colorAuto, false, false},
		{"an old console of Windows", Env{NoEscapes: true}, colorAuto, true, false},
		{"a dumb terminal", Env{Getenv: func(name string) string { return map[string]string{"TERM": "dumb"}[name] }}, colorAuto, true, false},
		{"NO_COLOR", Env{Getenv: func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] }}, colorAuto, true, false},
		{"always", Env{NoEscapes: true}, colorAlways, false, true},
		{"never", Env{}, colorNever, true, false},
	} {
		prog := newProgram(c.env)
		prog.common.color.v = c.rule
		if got := bool(prog.colors(c.terminal)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

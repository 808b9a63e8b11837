package prompt

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// typing returns an asker for whom somebody types these lines, and what it has asked and told.
func typing(lines ...string) (Asker, *[]string) {
	var said []string
	return Asker{
		ReadLine: func(_ context.Context, question string) (string, error) {
			said = append(said, question)
			if len(lines) == 0 {
				return "", io.EOF
			}
			line := lines[0]
			lines = lines[1:]
			return line, nil
		},
		Wrong: func(err error) { said = append(said, err.Error()) },
	}, &said
}

func TestAsk(t *testing.T) {
	short := func(answer string) error {
		if len(answer) > 3 {
			return errors.New("too long")
		}
		return nil
	}
	a, said := typing("long", " abc \n", "", "rest")
	if got, err := a.Ask(t.Context(), "Word", "", short); got != "abc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := a.Ask(t.Context(), "Word", "xyz", short); got != "xyz" || err != nil {
		t.Errorf("the usual answer: %q, %v", got, err)
	}
	if got, err := a.Ask(t.Context(), "Word", "", nil); got != "rest" || err != nil {
		t.Errorf("unchecked: %q, %v", got, err)
	}
	if want := []string{"Word: ", "too long", "Word: ", "Word [xyz]: ", "Word: "}; !slices.Equal(*said, want) {
		t.Errorf("%q", *said)
	}
	// The end of the input is the end of the questions.
	if _, err := a.Ask(t.Context(), "Word", "xyz", short); !errors.Is(err, ErrEnded) {
		t.Error(err)
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"push", "push"}, {"PULL", "pull"}, {"b", "both"}, {"", "both"}, {"pu,push", "push"}, {"x,pul", "pull"},
	} {
		a, _ := typing(strings.Split(c.typed, ",")...)
		if got, err := a.Choose(t.Context(), "Direction", "both", "both", "push", "pull"); got != c.want || err != nil {
			t.Errorf("%q: %q, %v, want %q", c.typed, got, err, c.want)
		}
	}
	a, said := typing("pu", "push")
	if got, err := a.Choose(t.Context(), "Direction", "both", "both", "push", "pull"); got != "push" || err != nil || (*said)[1] != `"pu" may be push or pull` {
		t.Errorf("%q, %v, %q", got, err, *said)
	}
	a, said = typing("maybe", "y", "")
	if yes, err := a.Yes(t.Context(), "Sure?", false); !yes || err != nil {
		t.Errorf("%v, %v", yes, err)
	}
	if yes, err := a.Yes(t.Context(), "Sure?", false); yes || err != nil {
		t.Errorf("the usual answer: %v, %v", yes, err)
	}
	if (*said)[0] != "Sure? (yes, no) [no]: " || (*said)[1] != `"maybe" is none of yes, no` {
		t.Errorf("%q", *said)
	}
}

// A cancelled context ends a question that nobody answers, also one whose answer was just refused.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	a, said := typing("x", "y")
	if _, err := a.Ask(ctx, "Word", "", func(string) error { cancel(enough); return errors.New("no") }); !errors.Is(err, enough) || len(*said) != 1 {
		t.Errorf("%v, %q", err, *said)
	}
}

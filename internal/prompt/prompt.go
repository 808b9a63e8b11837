// Package prompt asks a person questions, one line each, until an answer will do.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrEnded is returned where the input ends in place of an answer.
var ErrEnded = errors.New("the input has ended in place of an answer")

// An Asker asks a person. ReadLine returns [io.EOF] at the end of the input.
type Asker struct {
	// ReadLine shows a question and returns the line that was typed.
	ReadLine func(ctx context.Context, question string) (string, error)
	// Wrong tells why an answer will not do.
	Wrong func(err error)
}

// Ask asks until check accepts the answer. An empty line stands for usual, if that is not empty. check may be nil.
func (a Asker) Ask(ctx context.Context, question, usual string, check func(answer string) error) (string, error) {
	if usual != "" {
		question += " [" + usual + "]"
	}
	for {
		answer, err := a.ReadLine(ctx, question+": ")
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case errors.Is(err, io.EOF):
			return "", ErrEnded
		case err != nil:
			return "", err
		}
		if answer = strings.TrimSpace(answer); answer == "" {
			answer = usual
		}
		if check == nil {
			return answer, nil
		}
		if err = check(answer); err == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		a.Wrong(err)
	}
}

// Choose asks for one of some words. The beginning of a word will do, if no other begins so.
func (a Asker) Choose(ctx context.Context, question, usual string, words ...string) (string, error) {
	chosen := ""
	_, err := a.Ask(ctx, question+" ("+strings.Join(words, ", ")+")", usual, func(answer string) error {
		meant := match(strings.ToLower(answer), words)
		switch len(meant) {
		case 0:
			return fmt.Errorf("%q is none of %s", answer, strings.Join(words, ", "))
		case 1:
			chosen = meant[0]
			return nil
		}
		return fmt.Errorf("%q may be %s", answer, strings.Join(meant, " or "))
	})
	return chosen, err
}

// match returns the words that may be meant: one that is typed as a whole is the only one.
func match(answer string, words []string) (meant []string) {
	for _, word := range words {
		switch {
		case word == answer:
			return []string{word}
		case answer != "" && strings.HasPrefix(word, answer):
			meant = append(meant, word)
		}
	}
	return meant
}

// Yes asks a question that is answered with yes or no.
func (a Asker) Yes(ctx context.Context, question string, usual bool) (bool, error) {
	word := "no"
	if usual {
		word = "yes"
	}
	answer, err := a.Choose(ctx, question, word, "yes", "no")
	return answer == "yes", err
}

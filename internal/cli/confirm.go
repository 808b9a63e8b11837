package cli

import (
	"context"
	"errors"
	"io"
	"strings"
)

// confirmer returns what asks a person a question that is answered with yes or no, nil
// where nobody can be asked: without a terminal, and once a watch is running.
func (prog *program) confirmer() func(question string) (bool, error) {
	if prog.env.ReadLine == nil || prog.staying {
		return nil
	}
	ctx := prog.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	return func(question string) (bool, error) {
		answer, err := prog.env.ReadLine(ctx, question)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes", nil
	}
}

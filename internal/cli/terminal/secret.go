package terminal

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
	"unicode/utf8"
)

// errInterrupted says that Ctrl-C was typed. A raw terminal makes no signal of it.
var errInterrupted = errors.New("interrupted")

// readSecret reads a line from a raw terminal. It takes no more than that, and knows the keys
// that a terminal itself would obey: backspace, Ctrl-U, Ctrl-C, and Ctrl-D, which is the end
// of the input where nothing was typed.
func readSecret(r io.Reader) (string, error) {
	var line []byte
	var key [1]byte
	for {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return "", err
		}
		switch key[0] {
		case '\r', '\n':
			return string(line), nil
		case 0x03:
			return "", errInterrupted
		case 0x04:
			if len(line) == 0 {
				return "", io.EOF
			}
		case 0x08, 0x7f:
			_, last := utf8.DecodeLastRune(line)
			line = line[:len(line)-last]
		case 0x15:
			line = line[:0]
		default:
			line = append(line, key[0])
		}
	}
}

// interrupt does what Ctrl-C does on a terminal that is not raw, and returns why ctx ended.
func interrupt(ctx context.Context) error {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(os.Interrupt)
	}
	if err != nil {
		return context.Canceled // no signals here
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Second):
		return context.Canceled // nobody listens for the signal
	}
}

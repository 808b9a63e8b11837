package config

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// maxSecret is the most bytes that are read of a file or a command.
const maxSecret = 64 << 10

// reveal returns the password itself, from wherever s says that it is kept.
func (f Finder) reveal(ctx context.Context, s Secret) (string, error) {
	switch h := s.reveal(); h.kind {
	case secretLiteral:
		f.warnLiteral(h)
		return h.text, nil
	case secretEnv:
		if password := f.getenv(h.text); password != "" {
			return password, nil
		}
		return "", fmt.Errorf("the environment variable %s is not set", h.text)
	case secretFile:
		if openToOthers(h.text) {
			f.warn("others can read %s, which contains a %s; chmod 600 it", h.text, nounOf(h.key))
		}
		return firstLineOf(h.text)
	case secretCommand:
		return f.run(ctx, h.text, h.file)
	default:
		return f.namedInKeyring(ctx, h.text, nounOf(h.key))
	}
}

// warnLiteral warns of a password that is written where others can see it.
func (f Finder) warnLiteral(h held) {
	switch {
	case h.typed:
		f.warn("a password on the command line can be seen in the list of processes and in the history of the shell; set %s instead", PasswordVariable)
	case h.file != "" && openToOthers(h.file):
		f.warn("others can read %s, which contains a %s; chmod 600 it, or use %s: {env: NAME}", h.file, nounOf(h.key), cmp.Or(h.key, "password"))
	}
}

// openToOthers reports whether the group or all users may read the file at path.
// It is always false on Windows, where the mode does not tell.
func openToOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o044 != 0
}

// firstLineOf returns the first line of the file at path.
func firstLineOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	line, err := firstLine(file)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if line == "" {
		return "", fmt.Errorf("the first line of %s is empty", path)
	}
	return line, nil
}

func firstLine(r io.Reader) (string, error) {
	limited := &io.LimitedReader{R: r, N: maxSecret}
	line, err := bufio.NewReader(limited).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if limited.N == 0 && !strings.HasSuffix(line, "\n") {
		return "", errors.New("the first line is too long for a password")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

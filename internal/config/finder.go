package config

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// PasswordVariable is the environment variable that wins over all other places.
const PasswordVariable = "FERRY_PASSWORD"

// ErrNoPassword is wrapped by the error of [Finder.Password] where no place has
// one.
var ErrNoPassword = errors.New("no password")

// commandTime bounds a command that prints a password. People unlock their
// password stores in it.
const commandTime = 2 * time.Minute

// maxSecret bounds what a file or command may give, in bytes.
const maxSecret = 64 << 10

// A Finder finds users and passwords. The zero Finder knows no environment and
// asks nobody.
type Finder struct {
	// Getenv returns a variable of the environment; nil: there are none.
	Getenv func(string) string
	// Home is the home directory, where .netrc is looked for; "": it is not.
	Home string
	// Prompt asks a person for a password; nil: nobody is there.
	Prompt func(ctx context.Context, question string) (string, error)
	// Warn is told of passwords that others can read; nil: nobody is.
	Warn func(text string)
	// Stderr is where a command that prints a password may write; nil: nowhere.
	Stderr io.Writer
}

func (f Finder) getenv(name string) string {
	if f.Getenv == nil {
		return ""
	}
	return f.Getenv(name)
}

func (f Finder) warn(format string, args ...any) {
	if f.Warn != nil {
		f.Warn(fmt.Sprintf(format, args...))
	}
}

// User returns the user to log in as: that of the profile, else the one that
// .netrc has for the host, else "", which is anonymous.
func (f Finder) User(p *Profile) (string, error) {
	if p.Remote.User != "" {
		return p.Remote.User, nil
	}
	entry, _, err := f.netrc(p.Remote.Host, "")
	return entry.User, err
}

// Password returns the password of user on the server of p. The first of these
// that has one counts: the variable FERRY_PASSWORD, the profile, the user's
// .netrc, a person at the terminal. The error wraps [ErrNoPassword] where none
// has. No error holds a password.
func (f Finder) Password(ctx context.Context, p *Profile, user string) (string, error) {
	if password := f.getenv(PasswordVariable); password != "" {
		return password, checkPassword(password)
	}
	if !p.Password.IsZero() {
		password, err := f.reveal(ctx, p.Password)
		if err != nil {
			return "", fmt.Errorf("password of profile %s: %w", p.Name, err)
		}
		return password, checkPassword(password)
	}
	entry, found, err := f.netrc(p.Remote.Host, user)
	switch {
	case err != nil:
		return "", err
	case found && !entry.Password.IsZero():
		password := entry.Password.reveal().text
		return password, checkPassword(password)
	case user == "" || user == "anonymous" || user == "ftp":
		return "anonymous@", nil // RFC 1635: anything that looks like an address
	}
	where := user + "@" + p.Remote.address()
	if f.Prompt == nil {
		return "", withHint(fmt.Errorf("%w for %s", ErrNoPassword, where),
			"set "+PasswordVariable+", write password: {env: NAME} (or file, command) into the profile, or add the host to ~/.netrc")
	}
	password, err := f.Prompt(ctx, "Password for "+where+": ")
	if err != nil {
		return "", fmt.Errorf("asking for the password of %s: %w", where, err)
	}
	return password, checkPassword(password)
}

// checkPassword refuses what would end the command that sends it (RFC 959, 5.3).
func checkPassword(password string) error {
	if strings.ContainsAny(password, "\r\n\x00") {
		return errors.New("the password contains a line break or NUL, which FTP cannot send")
	}
	return nil
}

// reveal returns the password that s is or points to.
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
			f.warn("others can read %s, which contains a password; chmod 600 it", h.text)
		}
		return firstLineOf(h.text)
	case secretCommand:
		return f.run(ctx, h.text, h.file)
	default:
		return "", withHint(errors.New("keyring is not supported yet"), "use env: NAME, file: PATH, command: CMD or ~/.netrc")
	}
}

// warnLiteral warns of a password that stands where others may see it.
func (f Finder) warnLiteral(h held) {
	switch {
	case h.typed:
		f.warn("a password on the command line can be seen in the list of processes and in the history of the shell; set %s instead", PasswordVariable)
	case h.file != "" && openToOthers(h.file):
		f.warn("others can read %s, which contains a password; chmod 600 it, or use password: {env: NAME}", h.file)
	}
}

// openToOthers reports whether the group or all users may read the file at
// path. On Windows the mode does not tell.
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

// run returns the first line that a command of the shell prints. It runs in the
// directory of file.
func (f Finder) run(ctx context.Context, command, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	shell, option := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, option = "cmd", "/C"
	}
	var out limitedBuffer
	cmd := exec.CommandContext(ctx, shell, option, command)
	cmd.Stdout, cmd.Stderr = &out, f.Stderr
	cmd.WaitDelay = time.Second // for what the shell left running
	if file != "" {
		cmd.Dir = filepath.Dir(file)
	}
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("running the command: %w", context.Cause(ctx))
	case out.over:
		return "", errors.New("the command prints more than a password")
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", fmt.Errorf("running the command: %w", err)
	}
	line, err := firstLine(strings.NewReader(out.text.String()))
	if err != nil {
		return "", fmt.Errorf("reading what the command prints: %w", err)
	}
	if line == "" {
		return "", errors.New("the first line that the command prints is empty")
	}
	return line, nil
}

// A limitedBuffer takes up to maxSecret bytes, so that a command without end
// finds its pipe closed.
type limitedBuffer struct {
	text strings.Builder
	over bool // more was written than is taken
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > maxSecret {
		b.over = true
		return 0, io.ErrShortWrite
	}
	return b.text.Write(p)
}

// netrc returns the login for host in the user's netrc file: NETRC names it, or
// it is .netrc (or _netrc, on Windows) in the home directory.
func (f Finder) netrc(host, user string) (entry login, found bool, err error) {
	var paths []string
	switch named := f.getenv("NETRC"); {
	case named != "":
		paths = []string{named}
	case f.Home == "":
		return login{}, false, nil
	case runtime.GOOS == "windows":
		paths = []string{filepath.Join(f.Home, "_netrc"), filepath.Join(f.Home, ".netrc")}
	default:
		paths = []string{filepath.Join(f.Home, ".netrc")}
	}
	for _, path := range paths {
		text, err := readSmall(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return login{}, false, fmt.Errorf("reading the netrc file: %w", err)
		}
		machines, err := parseNetrc(path, text)
		if err != nil {
			return login{}, false, err
		}
		entry, found := findLogin(machines, host, user)
		if found && !entry.Password.IsZero() && openToOthers(path) {
			f.warn("others can read %s, which contains passwords; chmod 600 it", path)
		}
		return entry, found, nil
	}
	return login{}, false, nil
}

// readSmall reads a file of at most maxSize bytes.
func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSize {
		return "", fmt.Errorf("%s is longer than %d KiB", path, maxSize>>10)
	}
	return string(text), nil
}

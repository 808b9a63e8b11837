package keyring

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) { os.Exit(realftp.Main(m)) }

// secretService is a shell script that runs the command after it with the Secret Service of GNOME in the session, and its
// keyring unlocked.
const secretService = `
printf pw | LD_LIBRARY_PATH=$LIBRARIES "$DAEMON" --unlock --components=secrets --foreground &
daemon=$!
unset LD_LIBRARY_PATH
"$@"
status=$?
kill $daemon
exit $status`

// TestSecretService runs TestInSession below in sessions of its own: with the Secret Service, and without.
func TestSecretService(t *testing.T) {
	run, libraries := realftp.Tool(t, "gnome-keyring", "usr/bin/dbus-run-session")
	bus, _ := realftp.Tool(t, "gnome-keyring", "usr/bin/dbus-daemon")
	daemon, _ := realftp.Tool(t, "gnome-keyring", "usr/bin/gnome-keyring-daemon")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"unlocked", "none"} {
		t.Run(kind, func(t *testing.T) {
			home := t.TempDir()
			config := filepath.Join(home, "bus.conf")
			if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"--dbus-daemon=" + bus, "--config-file=" + config, "--"}
			if kind != "none" {
				args = append(args, "sh", "-c", secretService, "sh")
			}
			cmd := exec.CommandContext(t.Context(), run, append(args, self, "-test.run=^TestInSession$", "-test.v")...)
			cmd.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "DBUS_SESSION_BUS_ADDRESS=",
				"IN_SESSION="+kind, "DAEMON="+daemon, "LIBRARIES="+libraries)
			if libraries != "" {
				cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+libraries)
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, 5*time.Second
			err := cmd.Run()
			if err != nil || !strings.Contains(out.String(), "--- PASS: TestInSession") {
				t.Fatalf("%v\n%s", err, out.String())
			}
		})
	}
}

// busConfig is that of a bus which starts no services.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
<type>session</type>
<listen>unix:tmpdir=/tmp</listen>
<auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/>
<allow own="*"/>
</policy>
</busconfig>`

// TestInSession is run by TestSecretService, and holds nothing outside it.
func TestInSession(t *testing.T) {
	switch os.Getenv("IN_SESSION") {
	case "none":
		if _, err := System().Get(t.Context(), "x"); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "no Secret Service") {
			t.Error(err)
		}
	case "unlocked":
		k := System()
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if _, err := k.Get(t.Context(), "x"); !errors.Is(err, ErrNone) {
				break // the service has come up
			}
		}
		life(t, k)
	}
}

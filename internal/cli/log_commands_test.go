package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// loggedCommands are the commands that change files of a pair.
var loggedCommands = []string{"sync", "push", "pull", "copy", "watch", "deploy", "rollback", "conflicts", "trash restore", "trash empty"}

// unloggedCommands change no file of a pair.
var unloggedCommands = map[string]string{
	"releases": "lists", "status": "lists", "verify": "compares", "ignored": "tells", "check": "tries the server in names of its own, which it removes",
	"trash": "lists", "log": "lists", "profiles": "lists", "init": "writes a configuration", "login": "writes into the keyring",
	"trust": "remembers a configuration", "demo": "has directories of its own", "completion": "prints", "version": "prints", "help": "prints", "man": "prints",
	"dashboard": "shows; what it asks for is done by the watch, and in the log",
	"service":   "tells the system", "service install": "tells the system", "service uninstall": "tells the system", "service status": "lists",
	"service logs": "lists",
}

// TestEveryCommandThatChangesFilesIsInTheLog holds that each command is in one of the two
// lists, and that the script log_commands.txtar looks for those of the first one in the log.
func TestEveryCommandThatChangesFilesIsInTheLog(t *testing.T) {
	script, err := os.ReadFile("testdata/script/log_commands.txtar")
	if err != nil {
		t.Fatal(err)
	}
	logged := make(map[string]bool)
	for _, name := range loggedCommands {
		logged[name] = true
		if !strings.Contains(string(script), "\nstdout '^20.*  "+name+"  ") {
			t.Errorf("the script does not look for %q in the log", name)
		}
	}
	root := rootCommand(newProgram(Env{}))
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		name := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), root.Name()), " ")
		if cmd != root && cmd.Runnable() && !logged[name] && unloggedCommands[name] == "" {
			t.Errorf("%q is neither in loggedCommands nor in unloggedCommands", name)
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(root)
}

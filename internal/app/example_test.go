package app_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/ftpserver"
)

// A program that keeps a directory in step without a command line: it starts a server
// to talk to, opens a pair, makes a pass, and prints what was done.
func Example() {
	dir, err := os.MkdirTemp("", "ferry-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := makeFiles(dir, "here/index.html", "here/css/site.css", "there/notes.txt"); err != nil {
		log.Fatal(err)
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: filepath.Join(dir, "there"), User: "ann", Password: "secret"})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	workspace := app.Workspace{Dir: dir}
	pair, err := workspace.DirectPair([]string{"./here", "ftp://ann@" + server.Addr()})
	if err != nil {
		log.Fatal(err)
	}
	pair.Password = config.Literal("secret")
	if err := pair.ReadRules("", []string{"*.tmp"}); err != nil {
		log.Fatal(err)
	}
	pass := app.Pass{
		Opener: app.NewOpener(app.Options{StateDir: filepath.Join(dir, "state")}),
		Pair:   pair,
	}
	result := pass.Run(context.Background())
	if err := result.Error(); err != nil {
		log.Fatalf("%v (%s)", err, app.Hint(err))
	}
	fmt.Printf("sent %d, fetched %d, deleted %d\n",
		result.Summary.Uploaded, result.Summary.Downloaded, result.Summary.DeletedLocal+result.Summary.DeletedRemote)
	// Output: sent 2, fetched 1, deleted 0
}

// makeFiles makes files below dir, each with its name in it.
func makeFiles(dir string, names ...string) error {
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			return err
		}
	}
	return nil
}

package check

import (
	"context"
	"fmt"
	"strings"

	"ferry/internal/ftp"
)

// The files of the trials, and what they hold. Both contents have another length.
const (
	plainFile, renamedFile, otherFile = "plain.txt", "renamed.txt", "other.txt"

	first  = "ferry check\r\n"
	second = "ferry check, another file\r\n"
)

// written holds the names of files that a trial may leave where listings do not show them.
var written = func() []string {
	all := []string{plainFile, renamedFile, otherFile, "sub/file.txt", "moved/file.txt", "case.txt", "CASE.txt"}
	for _, n := range oddNames {
		all = append(all, n.name)
	}
	return all
}()

// trials returns the operations in the order in which they are tried: each may use what the
// ones before it left.
func trials() []trial {
	all := []trial{
		{"send a file", true, func(t *trier, ctx context.Context) (bool, string, error) {
			return true, "", t.store(ctx, plainFile, first)
		}},
		{"list a directory", true, func(t *trier, ctx context.Context) (bool, string, error) {
			found, err := t.find(ctx, "")
			if _, there := found[plainFile]; err == nil && !there {
				return false, fmt.Sprintf("%s does not show a file that was just sent", t.report.List), nil
			}
			return err == nil, t.report.List, err
		}},
		{"fetch a file", true, func(t *trier, ctx context.Context) (bool, string, error) {
			return t.holds(ctx, plainFile, first)
		}},
	}
	for _, verb := range []string{"SIZE", "MDTM", "MLST"} {
		all = append(all, trial{"ask by " + verb, false, func(t *trier, ctx context.Context) (bool, string, error) {
			ok, reply, err := t.command(ctx, verb+" "+t.at(plainFile))
			if err != nil || !ok {
				return false, reply, err
			}
			if absent, reply, err := t.command(ctx, verb+" "+t.at("absent")); err != nil || absent {
				return false, "for a file that is not there: " + reply, err
			}
			return true, "", nil
		}})
	}
	for _, n := range oddNames {
		all = append(all, trial{n.what, false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, n.name, first); err != nil {
				return false, "", err
			}
			found, err := t.find(ctx, "")
			if _, there := found[n.name]; err == nil && !there {
				return false, "the listing does not show it under this name", nil
			}
			if n.name[0] == '.' && err == nil {
				t.features.Observe(ftp.StoresDotNames, true)
			}
			return err == nil, "", err
		}})
	}
	return append(all, []trial{
		{"tell upper and lower case apart", false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, "case.txt", first); err != nil {
				return false, "", err
			}
			if err := t.store(ctx, "CASE.txt", second); err != nil {
				return false, "", err
			}
			got, err := t.read(ctx, "case.txt")
			if err == nil && got == second {
				return false, "both names are one file", nil
			}
			return got == first, "", err
		}},
		{"rename a file", true, func(t *trier, ctx context.Context) (bool, string, error) {
			return t.rename(ctx, plainFile, renamedFile)
		}},
		{"rename a file over another", false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, plainFile, first); err != nil {
				return false, "", err
			}
			if err := t.store(ctx, otherFile, second); err != nil {
				return false, "", err
			}
			ok, detail, err := t.rename(ctx, otherFile, plainFile)
			if err == nil && ok {
				ok, detail, err = t.holds(ctx, plainFile, second)
			}
			if err == nil {
				t.features.Observe(ftp.RenamesOver, ok)
			}
			return ok, detail, err
		}},
		{"append (APPE)", false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, otherFile, first); err != nil {
				return false, "", err
			}
			appe := ftp.StorTransfer(t.at(otherFile), 0)
			appe.Op, appe.Line = "APPE", strings.Replace(appe.Line, "STOR", "APPE", 1)
			if _, _, err := t.session.Send(ctx, appe, strings.NewReader(second)); err != nil {
				return false, "", err
			}
			return t.holds(ctx, otherFile, first+second)
		}},
		{"resume an upload (REST, STOR)", false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, otherFile, first); err != nil {
				return false, "", err
			}
			if _, _, err := t.session.Store(ctx, t.at(otherFile), int64(len(first)), strings.NewReader(second)); err != nil {
				return false, "", err
			}
			ok, detail, err := t.holds(ctx, otherFile, first+second)
			if err == nil {
				t.features.Observe(ftp.ResumesUploads, ok)
			}
			return ok, detail, err
		}},
		{"set the time of a file", false, func(t *trier, ctx context.Context) (bool, string, error) {
			if err := t.store(ctx, otherFile, first); err != nil {
				return false, "", err
			}
			err := t.findSetTime(ctx, t.at(otherFile))
			return t.report.SetTime != "none", t.report.SetTime, err
		}},
		{"set the mode of a file (SITE CHMOD)", false, func(t *trier, ctx context.Context) (bool, string, error) {
			return t.command(ctx, "SITE CHMOD 640 "+t.at(otherFile))
		}},
		{"make a directory in a directory", true, func(t *trier, ctx context.Context) (bool, string, error) {
			if ok, reply, err := t.command(ctx, "MKD "+t.at("sub")); err != nil || !ok {
				return false, reply, err
			}
			return true, "", t.store(ctx, "sub/file.txt", first)
		}},
		{"rename a directory", false, func(t *trier, ctx context.Context) (bool, string, error) {
			ok, detail, err := t.rename(ctx, "sub", "moved")
			if !ok || err != nil {
				return false, detail, err
			}
			return t.holds(ctx, "moved/file.txt", first)
		}},
		{"refuse to remove a directory that is not empty", false, refusesToRemove},
		{"delete a file", true, func(t *trier, ctx context.Context) (bool, string, error) {
			return t.removed(ctx, "DELE", otherFile)
		}},
		{"remove a directory", true, func(t *trier, ctx context.Context) (bool, string, error) {
			for _, dir := range []string{"sub", "moved"} {
				if found, err := t.find(ctx, dir); err == nil && found != nil {
					if _, _, err := t.command(ctx, "DELE "+t.at(dir)+"/file.txt"); err != nil {
						return false, "", err
					}
				}
			}
			found, err := t.find(ctx, "")
			if err != nil {
				return false, "", err
			}
			for _, dir := range []string{"sub", "moved"} {
				if _, there := found[dir]; there {
					return t.removed(ctx, "RMD", dir)
				}
			}
			return false, "", fmt.Errorf("there is no directory to remove")
		}},
	}...)
}

// refusesToRemove asks for the removal of a directory that holds a file of ours, and looks
// whether that is still there.
func refusesToRemove(t *trier, ctx context.Context) (bool, string, error) {
	dir := "moved"
	if found, err := t.find(ctx, ""); err != nil {
		return false, "", err
	} else if _, there := found[dir]; !there {
		dir = "sub"
	}
	if got, err := t.read(ctx, dir+"/file.txt"); err != nil || got != first {
		return false, "", fmt.Errorf("there is no directory with a file in it")
	}
	_, reply, err := t.command(ctx, "RMD "+t.at(dir))
	if err != nil {
		return false, "", err
	}
	if _, err := t.read(ctx, dir+"/file.txt"); err != nil {
		if class, ok := ftp.ClassOf(err); !ok || class != ftp.File {
			return false, "", err
		}
		t.features.Observe(ftp.RefusesNonEmptyRMD, false)
		if ok, reply, err := t.command(ctx, "MKD "+t.at("sub")); err != nil || !ok {
			return false, reply, err // the next trial needs one
		}
		return false, "RMD removes the files, too: " + reply, nil
	}
	t.features.Observe(ftp.RefusesNonEmptyRMD, true)
	return true, reply, nil
}

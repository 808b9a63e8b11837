// Command universal puts the processors of a universal program for macOS in order: "go run ./packaging/universal FILE".
// GoReleaser writes them in the order in which they happen to be built, so two builds would differ.
package main

import (
	"bytes"
	"cmp"
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "universal: error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: go run ./packaging/universal FILE")
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	program, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	ordered, err := order(program)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if err := os.WriteFile(args[0], ordered, 0o755); err != nil {
		return err
	}
	return os.Chtimes(args[0], time.Time{}, info.ModTime()) // the archive has it
}

// order returns the universal program with its parts by the numbers of their processors.
func order(program []byte) ([]byte, error) {
	fat, err := macho.NewFatFile(bytes.NewReader(program))
	if err != nil {
		return nil, err
	}
	parts := slices.SortedFunc(slices.Values(fat.Arches), func(a, b macho.FatArch) int { return cmp.Compare(a.Cpu, b.Cpu) })
	out := binary.BigEndian.AppendUint32(nil, macho.MagicFat)
	out = binary.BigEndian.AppendUint32(out, uint32(len(parts)))
	contents := make([]byte, len(out)+len(parts)*binary.Size(macho.FatArchHeader{}))
	for _, part := range parts {
		content := program[part.Offset:][:part.Size]
		align := 1 << part.Align
		part.Offset = uint32((len(contents) + align - 1) / align * align)
		if out, err = binary.Append(out, binary.BigEndian, part.FatArchHeader); err != nil {
			return nil, err
		}
		contents = append(contents, make([]byte, int(part.Offset)-len(contents))...)
		contents = append(contents, content...)
	}
	copy(contents, out)
	return contents, nil
}

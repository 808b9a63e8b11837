package main

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOrder holds that a program is the same whichever way its processors stood in it, and that they keep their contents.
func TestOrder(t *testing.T) {
	amd64, arm64 := thin(macho.CpuAmd64, 100), thin(macho.CpuArm64, 20000)
	file := filepath.Join(t.TempDir(), "ferry")
	var first []byte
	for i, program := range [][]byte{universal(amd64, arm64), universal(arm64, amd64)} {
		if err := os.WriteFile(file, program, 0o755); err != nil {
			t.Fatal(err)
		}
		made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		if err := os.Chtimes(file, made, made); err != nil {
			t.Fatal(err)
		}
		if err := run([]string{file}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || !info.ModTime().Equal(made) {
			t.Errorf("the time is not kept: %v, %v", info, err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = got
		} else if !bytes.Equal(got, first) {
			t.Error("the order is left as it was")
		}
	}
	fat, err := macho.NewFatFile(bytes.NewReader(first))
	if err != nil || len(fat.Arches) != 2 {
		t.Fatalf("%v, %v", fat, err)
	}
	for i, want := range [][]byte{amd64, arm64} {
		part := fat.Arches[i]
		if part.Offset%(1<<14) != 0 || !bytes.Equal(first[part.Offset:][:part.Size], want) {
			t.Errorf("part %d is at %d", i, part.Offset)
		}
	}
}

// TestNotUniversal holds that nothing else is written over.
func TestNotUniversal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ferry")
	if err := os.WriteFile(file, thin(macho.CpuArm64, 100), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{file}, nil, {file, file}, {file + ".none"}} {
		if err := run(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

// thin is a program for one processor, as far as its header.
func thin(cpu macho.Cpu, size int) []byte {
	b, _ := binary.Append(nil, binary.LittleEndian, macho.FileHeader{Magic: macho.Magic64, Cpu: cpu, Type: macho.TypeExec})
	b = append(b, 0, 0, 0, 0)
	return append(b, bytes.Repeat([]byte{byte(cpu)}, size)...)
}

// universal joins programs in this order.
func universal(programs ...[]byte) []byte {
	out := make([]byte, 1<<14)
	headers, _ := binary.Append(nil, binary.BigEndian, []uint32{macho.MagicFat, uint32(len(programs))})
	for _, program := range programs {
		cpu := macho.Cpu(binary.LittleEndian.Uint32(program[4:]))
		headers, _ = binary.Append(headers, binary.BigEndian, macho.FatArchHeader{Cpu: cpu, Offset: uint32(len(out)), Size: uint32(len(program)), Align: 14})
		out = append(out, program...)
		out = append(out, make([]byte, -len(out)&(1<<14-1))...)
	}
	copy(out, headers)
	return out
}

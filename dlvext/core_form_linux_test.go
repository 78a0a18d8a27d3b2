package dlvext

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// TestCoreNotMapped reads a core as on systems that cannot map files.
func TestCoreNotMapped(t *testing.T) {
	exe, core := crashed(t, "string", testtarget.Options{})
	v, err := openView(core)
	if err != nil {
		t.Fatal(err)
	}
	r := &coreReader{path: core, view: v, files: newFileFinder(CoreOptions{})}
	defer r.close()
	if err := r.read(exe); err != nil {
		t.Fatal(err)
	}
	checkGoCore(t, r.img)
	mapped := openCore(t, exe, core, CoreOptions{})
	var ranges []Range
	for _, reg := range mapped.Memory.(regionMemory) {
		ranges = append(ranges, Range{reg.start, 64}, Range{reg.end - 32, 64})
	}
	if !slices.EqualFunc(ReadMany(r.img.Memory, ranges), ReadMany(mapped.Memory, ranges), slices.Equal) {
		t.Error("the core reads otherwise than when it is mapped")
	}
}

// TestCoreOfManyMappings has the number of program headers where it stands
// when it does not fit into the ELF header.
func TestCoreOfManyMappings(t *testing.T) {
	exe, core := crashed(t, "string", testtarget.Options{})
	image := readFile(t, core)
	count := binary.LittleEndian.Uint16(image[56:])
	binary.LittleEndian.PutUint16(image[56:], manyProgramHeaders)
	binary.LittleEndian.PutUint64(image[40:], uint64(len(image)))
	section := make([]byte, sectionHeaderSize)
	binary.LittleEndian.PutUint32(section[44:], uint32(count))
	many := append(image, section...)
	checkGoCore(t, openCore(t, exe, writeFile(t, "core", many), CoreOptions{}))

	if _, err := OpenCore(exe, writeFile(t, "core", image), CoreOptions{}); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("without its last section header: %v", err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	checkGoCore(t, openCore(t, exe, writeFile(t, "core.lz4", pack(t, "lz4", many)), CoreOptions{}))
}

// TestCoreOfReplacedExe dumps a program whose file was replaced as it ran.
func TestCoreOfReplacedExe(t *testing.T) {
	dir := t.TempDir()
	running, kept := filepath.Join(dir, "server"), filepath.Join(dir, "server.old")
	for _, path := range []string{running, kept} {
		if err := os.WriteFile(path, readFile(t, testtarget.Build(t, "crash", testtarget.Options{})), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	target := testtarget.StartEnv(t, testtarget.CrashEnv, running, "string")
	if err := os.Remove(running); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(running, readFile(t, testtarget.Build(t, "chans", testtarget.Options{})), 0o755); err != nil {
		t.Fatal(err)
	}
	core := target.CrashCore(t)
	if _, err := OpenCore("", core, CoreOptions{}); err == nil || !strings.Contains(err.Error(), running) || !strings.Contains(err.Error(), "build id") {
		t.Errorf("with what replaced the executable: %v", err)
	}
	img := openCore(t, kept, core, CoreOptions{})
	if img.Exe != running {
		t.Errorf("the executable is called %s", img.Exe)
	}
	checkGoCore(t, img)
}

// TestCoreOfFault has the kernel say what address a program tripped over.
func TestCoreOfFault(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		testtarget.Skip(t, "cgo", "gcc is not on PATH", "install a C compiler")
	}
	exe := filepath.Join(t.TempDir(), "fault")
	cmd := exec.Command("gcc", "-x", "c", "-o", exe, "-")
	cmd.Stdin = strings.NewReader(`
#include <stdio.h>
int main(void) {
	puts("READY");
	fflush(stdout);
	getchar();
	return *(volatile int *)0x123008;
}`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	core := testtarget.Start(t, exe).CrashCore(t)
	img := openCore(t, exe, core, CoreOptions{})
	if s := img.Signal; s == nil || s.Number != sigSEGV || s.Code != 1 || s.Addr != 0x123008 || s.TID != img.PID {
		t.Errorf("the process died of %+v", s)
	}
}

// TestNotesOfARM64 reads a thread as the kernel writes it on that machine.
func TestNotesOfARM64(t *testing.T) {
	note := func(kind elf.NType, desc []byte) []byte {
		b := binary.LittleEndian.AppendUint32(nil, 5)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(desc)))
		b = binary.LittleEndian.AppendUint32(b, uint32(kind))
		return append(append(b, "CORE\x00\x00\x00\x00"...), desc...)
	}
	status := make([]byte, 392)
	binary.LittleEndian.PutUint32(status[prstatusPID:], 77)
	for i := range arm64Words {
		binary.LittleEndian.PutUint64(status[prstatusRegs+8*i:], uint64(1000+i))
	}
	tls := binary.LittleEndian.AppendUint64(nil, 0x7000)
	raw := slices.Concat(note(elf.NT_PRSTATUS, status), note(noteARMTLS, tls))
	v := &view{size: int64(len(raw)), data: raw}
	n := readCoreNotes(v, []elf.Prog64{{Filesz: uint64(len(raw))}}, elf.EM_AARCH64)
	if len(n.Threads) != 1 || n.Threads[0].TID != 77 || len(n.problems) != 0 {
		t.Fatalf("the threads are %+v, with problems %q", n.Threads, n.problems)
	}
	regs := n.Threads[0].Regs
	if regs.PC() != 1032 || regs.SP() != 1031 || regs.FP() != 1029 || regs.LR() != 1030 || regs.TLS() != 0x7000 {
		t.Errorf("the registers are %v", regs)
	}
	delve := delveRegisters(regs, true)
	if delve.PC() != 1032 || delve.SP() != 1031 || delve.BP() != 1029 || delve.TLS() != 0x7000 {
		t.Errorf("Delve's registers are %+v", delve)
	}
	if back := fromDelve(delve, "arm64"); !slices.Equal(back, regs) {
		t.Errorf("the registers come back from Delve as %v, and were %v", back, regs)
	}
}

func TestRegistersThroughDelve(t *testing.T) {
	regs := make(Registers, amd64Words)
	for i := range regs {
		regs[i] = uint64(1000 + i)
	}
	if back := fromDelve(delveRegisters(regs, false), "amd64"); !slices.Equal(back, regs) {
		t.Errorf("the registers come back from Delve as %v, and were %v", back, regs)
	}
}

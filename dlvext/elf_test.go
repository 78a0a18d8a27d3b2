package dlvext

import (
	"bytes"
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
)

// testELF writes ELF files that no linker would.
type testELF struct {
	loads   []elf.Prog64
	content []testSection
}

type testSection struct {
	name string
	kind elf.SectionType
	flag elf.SectionFlag
	data []byte
	size uint64 // claimed, when it is not 0
	link uint32
}

func (e testELF) bytes() []byte {
	const header, progSize, sectionSize = 64, 56, 64
	names := []byte{0}
	place := uint64(header + progSize*len(e.loads))
	var body []byte
	table := []elf.Section64{{}}
	add := func(s testSection) {
		h := elf.Section64{Name: uint32(len(names)), Type: uint32(s.kind), Flags: uint64(s.flag), Off: place + uint64(len(body)), Size: uint64(len(s.data)), Link: s.link}
		if s.kind == elf.SHT_SYMTAB {
			h.Entsize = elf.Sym64Size
		}
		if s.size != 0 {
			h.Size = s.size
		}
		names = append(append(names, s.name...), 0)
		body = append(body, s.data...)
		table = append(table, h)
	}
	for _, s := range e.content {
		add(s)
	}
	strings := append(append([]byte(nil), names...), ".shstrtab\x00"...)
	add(testSection{name: ".shstrtab", kind: elf.SHT_STRTAB, data: strings})

	h := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Entry: 0x401000,
		Phoff: header, Ehsize: header, Phentsize: progSize, Phnum: uint16(len(e.loads)),
		Shoff: place + uint64(len(body)), Shentsize: sectionSize, Shnum: uint16(len(table)), Shstrndx: uint16(len(table) - 1),
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA], h.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	return write(binary.LittleEndian, h, e.loads, body, table)
}

func write(order binary.ByteOrder, parts ...any) []byte {
	var out bytes.Buffer
	for _, part := range parts {
		if err := binary.Write(&out, order, part); err != nil {
			panic(err)
		}
	}
	return out.Bytes()
}

// testDWARF writes debug information of one unit, named runtime and of the
// language Go. References are by the labels of entries.
type testDWARF struct {
	version byte // 4 or 5
	info    []byte
	labels  map[string]int
	refs    map[int]string // where a reference is to be written
}

// The abbreviations of testDWARF.
const (
	testUnit = iota + 1
	testStruct
	testMember
	testPointer
	testBase
	testTypedef
	testArray
	testCount
	testVariable
	testDeclared
)

func testAbbrevs() []byte {
	var b []byte
	add := func(code int, tag dwarf.Tag, children byte, attrs ...int) {
		b = append(b, byte(code), byte(tag), children)
		for _, a := range attrs {
			b = append(b, byte(a))
		}
		b = append(b, 0, 0)
	}
	name, typ, size := []int{int(dwarf.AttrName), formString}, []int{int(dwarf.AttrType), formRef4}, []int{int(dwarf.AttrByteSize), formUdata}
	join := func(parts ...[]int) (all []int) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	add(testUnit, dwarf.TagCompileUnit, 1, join(name, []int{int(dwarf.AttrLanguage), formData1})...)
	add(testStruct, dwarf.TagStructType, 1, join(name, size)...)
	add(testMember, dwarf.TagMember, 0, join(name, typ, []int{int(dwarf.AttrDataMemberLoc), formUdata})...)
	add(testPointer, dwarf.TagPointerType, 0, typ...)
	add(testBase, dwarf.TagBaseType, 0, join(name, []int{int(dwarf.AttrEncoding), formData1}, size)...)
	add(testTypedef, dwarf.TagTypedef, 0, join(name, typ)...)
	add(testArray, dwarf.TagArrayType, 1, typ...)
	add(testCount, dwarf.TagSubrangeType, 0, int(dwarf.AttrCount), formUdata)
	add(testVariable, dwarf.TagVariable, 0, join(name, typ, []int{int(dwarf.AttrLocation), formExprloc})...)
	add(testDeclared, dwarf.TagStructType, 0, join(name, []int{int(dwarf.AttrDeclaration), formFlagPresent})...)
	return append(b, 0)
}

func newTestDWARF(version byte) *testDWARF {
	d := &testDWARF{version: version, labels: map[string]int{}, refs: map[int]string{}}
	d.info = make([]byte, 7+version) // the unit's header, written in the end
	d.entry("", testUnit, "runtime", byte(languageGo))
	return d
}

// ref is a reference to the entry of a label.
type ref string

// entry writes an entry of an abbreviation: strings, bytes, uint64s as
// ULEB128, refs, and []byte as a block.
func (d *testDWARF) entry(label string, abbrev byte, values ...any) {
	d.labels[label] = len(d.info)
	d.info = append(d.info, abbrev)
	for _, v := range values {
		switch v := v.(type) {
		case string:
			d.info = append(append(d.info, v...), 0)
		case byte:
			d.info = append(d.info, v)
		case uint64:
			d.info = binary.AppendUvarint(d.info, v)
		case []byte:
			d.info = append(binary.AppendUvarint(d.info, uint64(len(v))), v...)
		case ref:
			d.refs[len(d.info)] = string(v)
			d.info = append(d.info, 0, 0, 0, 0)
		}
	}
}

// end ends the children of an entry.
func (d *testDWARF) end() { d.info = append(d.info, 0) }

func (d *testDWARF) sections() []testSection {
	d.end()
	for at, label := range d.refs {
		binary.LittleEndian.PutUint32(d.info[at:], uint32(d.labels[label]))
	}
	binary.LittleEndian.PutUint32(d.info, uint32(len(d.info)-4))
	d.info[4] = d.version
	if d.version == 5 {
		d.info[6], d.info[7] = 1, 8 // DW_UT_compile, size of an address
	} else {
		d.info[10] = 8
	}
	return []testSection{
		{name: ".debug_info", kind: elf.SHT_PROGBITS, data: d.info},
		{name: ".debug_abbrev", kind: elf.SHT_PROGBITS, data: testAbbrevs()},
	}
}

// testProgram is a small program: a structure, a variable, a symbol, a note.
func testProgram(dwarfVersion byte) testELF {
	d := newTestDWARF(dwarfVersion)
	d.entry("", testDeclared, "runtime.node") // what it is stands below
	d.entry("int", testBase, "int", byte(5), uint64(8))
	d.entry("node", testStruct, "runtime.node", uint64(40))
	d.entry("", testMember, "next", ref("*node"), uint64(0))
	d.entry("", testMember, "id", ref("myint"), uint64(8))
	d.entry("", testMember, "pair", ref("array"), uint64(16))
	d.end()
	d.entry("*node", testPointer, ref("node"))
	d.entry("myint", testTypedef, "runtime.myint", ref("int"))
	d.entry("array", testArray, ref("int"))
	d.entry("", testCount, uint64(3))
	d.end()
	d.entry("", testVariable, "runtime.head", ref("*node"), []byte{0x03, 0x00, 0x20, 0x40, 0, 0, 0, 0, 0})

	note := []byte("\x04\x00\x00\x00\x04\x00\x00\x00\x03\x00\x00\x00GNU\x00\xde\xad\xbe\xef" +
		"\x04\x00\x00\x00\x05\x00\x00\x00\x04\x00\x00\x00Go\x00\x00go-id\x00\x00\x00")
	sym := make([]byte, 2*elf.Sym64Size)
	copy(sym[elf.Sym64Size:], "\x01\x00\x00\x00\x12\x00\x01\x00\x00\x10\x40\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00")
	content := append(d.sections(),
		testSection{name: ".note", kind: elf.SHT_NOTE, data: note},
		testSection{name: ".symtab", kind: elf.SHT_SYMTAB, data: sym, link: 5},
		testSection{name: ".strtab", kind: elf.SHT_STRTAB, data: []byte("\x00main\x00")})
	return testELF{
		loads: []elf.Prog64{
			{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: 0, Vaddr: 0x401000, Filesz: 0x100, Memsz: 0x100, Align: 0x1000},
			{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_W), Off: 0x100, Vaddr: 0x402100, Filesz: 0x10, Memsz: 0x100, Align: 0x1000},
		},
		content: content,
	}
}

// Package layout finds the CPythons in a process and says where the fields of
// their structures lie: versions 3.8 to 3.15, builds with the GIL, on 64-bit
// machines.
//
// # Anchors
//
// All that an interpreter has hangs on one variable, _PyRuntime: the list of
// interpreter states, from there the threads, from those the frames, and
// sys.modules. [Find] looks for it in every module. Programs and libraries
// that load extension modules have it in .dynsym, stripped or not; on Linux it
// is also a section of its own, .PyRuntime, from 3.10 on, which is there when
// the symbol is hidden. A CPython before 3.10 whose symbols are hidden is not
// found.
//
// # Versions
//
// From 3.13 on _PyRuntime begins with debug offsets, and those with a cookie
// and the version. 3.11 and 3.12 have the variable Py_Version. Before that the
// name of the file tells (libpython3.8.so.1.0, python3.9), and where it does
// not, a text in it; the third number is then not known, nor needed.
//
// # Self-described and tables
//
// Debug offsets tell about seventy of the hundred and fifty offsets that are
// needed; from 3.14 on the section .AsyncioDebug adds those of tasks. The rest,
// and all of the older versions, is in tables in this package, one release of
// each minor version: most of it is in structures that extension modules are
// compiled against, which do not change within a minor version. What does
// change, the runtime's and the interpreters' own and the ends of threads, is
// self-described in all versions of which that has been seen. Tests hold tables and debug offsets
// against the debug information of every CPython that has some, and against
// the objects of running programs.
//
// # Seen
//
// The tables were held against debug information of 3.8.18, 3.9.18, 3.10.13,
// 3.10.16, 3.11.7, 3.11.11, 3.12.1 and 3.13.0, and all of them against running
// programs, besides those on 3.8.2, 3.9.2, 3.11.2, 3.12.3, 3.13.18, 3.14.6,
// 3.14.10 and 3.15.2: from python.org's sources, Debian, Ubuntu and
// python-build-standalone. Of 3.14 and 3.15 no build with debug information
// was to be had; what debug offsets do not tell is what the compiler makes of
// the headers that Debian ships with 3.14.10 and 3.15.2, and what their memory
// holds. 3.15 is Debian's, for want of others: its executable from unstable,
// with the C library that it needs. No free-threaded build and no PyPy was at
// hand: they are refused by what their headers and files are known to say.
//
// # Refusals
//
// A wrong offset makes wrong answers, not errors. So an interpreter is read
// only if what it tells agrees with the table wherever both know a structure
// that does not grow, if its threads point back to their interpreter, and if
// its sys.modules is a dict. Else it is refused, in one line; so are
// free-threaded builds (their objects begin otherwise), PyPy, and versions
// before 3.8. A minor version that is newer than the tables is tried, if what
// it tells fits the newest, and has a note that says so.
package layout

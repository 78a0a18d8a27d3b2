// Package object reads Python objects from the memory of a CPython process, of
// any version that has a [layout.Layout]. Nothing runs in the target: no
// descriptor, no __repr__, no hash.
//
// # How objects lie in memory
//
// An object begins with a reference count and the address of its type
// (PyObject); one that has items, with their number too (PyVarObject). So the
// type of whatever an address leads to is one word away, and a type is an
// object like others (PyTypeObject): its name, its flags, and the tuple of
// classes that it derives from tell what follows the header. Types that a
// class statement makes say more (PyHeapTypeObject): their qualified name, and
// the keys that their instances' attributes share. The module stands in tp_name
// of types written in C, and under __module__ in the dict of all others.
//
//   - PyObject: https://github.com/python/cpython/blob/v3.12.1/Include/object.h#L166
//   - PyTypeObject: https://github.com/python/cpython/blob/v3.12.1/Include/cpython/object.h#L146
//   - PyHeapTypeObject: https://github.com/python/cpython/blob/v3.12.1/Include/cpython/object.h#L252
//
// What follows is what differs between versions; the numbers are in package
// layout.
//
// A str has its characters behind its header, 1, 2 or 4 bytes each, as its
// widest one needs: that the state word says. The header of ASCII ones is
// shorter, and 8 bytes shorter still from 3.12 on, which dropped wchar_t. Of a
// class that derives from str, the characters are elsewhere.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Include/cpython/unicodeobject.h#L84
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/unicodeobject.h#L48
//
// An int has digits of 30 bits, the least significant first. Their number is
// ob_size, negative for a negative int; from 3.12 on it shares a word with the
// sign (lv_tag).
//
//   - https://github.com/python/cpython/blob/v3.11.7/Include/cpython/longintrepr.h#L82
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/longintrepr.h#L82
//
// A tuple has its items in itself (behind a hash from 3.14 on), a list has a
// pointer to them. A set is a table of {key, hash} with holes; removed keys
// leave a dummy. A deque is a list of blocks of 64.
//
//   - https://github.com/python/cpython/blob/v3.14.0/Include/cpython/tupleobject.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/setobject.h#L36
//   - https://github.com/python/cpython/blob/v3.12.1/Modules/_collectionsmodule.c (dequeobject)
//
// A dict has its keys in a block of their own (PyDictKeysObject): a table of
// indices, as narrow as they allow, and then the entries in the order in which
// they were inserted, {hash, key, value}, with holes where some were deleted.
// From 3.11 on an entry of a dict whose keys are all str goes without the hash.
// A key is found by going through the entries, since the hash of a str depends
// on a secret of its process; the dicts that matter are small. The instances of a class share
// one such block; a split dict has an array of the values alone.
//
//   - https://github.com/python/cpython/blob/v3.10.13/Objects/dict-common.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_dict.h#L72
//
// The attributes of an instance have moved with almost every version:
//
//	to 3.10  a dict, at tp_dictoffset; split at first. For what has items in
//	         itself, as an instance of a class derived from tuple has, the offset is
//	         negative and counts from its end.
//	3.11     no dict until somebody asks for one: a pointer to the array of
//	         values stands four words before the object, the dict's three
//	         words before it, in front of the header for garbage collection.
//	3.12     one word, three words before the object, is either: values when its
//	         lowest bit is set.
//	3.13     the values are in the object, behind its fixed part, as long as the
//	         class made room for them and they are marked valid; a dict, three
//	         words before the object, may be made to refer to them.
//
// The array of values has from 3.11 on the order of insertion with it, in bytes:
// backwards before the values in 3.11 and 3.12, behind them later. Beside all
// this, and before it, there are slots: __slots__ makes a descriptor in the
// class for each name (PyMemberDescrObject), and that has the offset. Built-in
// types written in C use the same.
//
//   - 3.10: https://github.com/python/cpython/blob/v3.10.13/Objects/object.c (_PyObject_GetDictPtr)
//   - 3.11: https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_object.h#L253
//   - 3.12: https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_object.h#L373
//   - 3.13: https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_object.h#L722
//   - descriptors: https://github.com/python/cpython/blob/v3.12.1/Include/cpython/descrobject.h#L44
//
// A function has its code object and a tuple of cells, one for each name that
// the code object says is free; to 3.10 co_freevars has these names, from 3.11
// on they are those of all variables whose kind is 0x80 (co_localspluskinds).
//
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/funcobject.h#L36
//   - https://github.com/python/cpython/blob/v3.11.7/Include/cpython/code.h#L85
//
// The dicts of built-in types written in C are in the interpreter's state from
// 3.12 on, so that each interpreter has its own; they are not read here.
//
// # Reading
//
// A [Reader] keeps pages as they lie in the image, and remembers types and
// names: of what a walk reads of ten thousand tasks almost all is the same.
// Its errors are sticky, so that code reads like the structure that it follows.
// Nothing is trusted: a number of items is believed as far as memory bears it
// out, lists that lead back to themselves end, and a type that is not what it
// should be is a failure, not a cast.
package object

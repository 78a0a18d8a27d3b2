package layout

// Object is PyObject and PyVarObject.
type Object struct {
	Type   int
	Size   int // ob_size of PyVarObject
	Header int // size of PyObject
}

// Type is PyTypeObject and PyHeapTypeObject.
type Type struct {
	Name       int // tp_name: char*
	BasicSize  int
	ItemSize   int
	Flags      int
	DictOffset int
	WeakList   int // tp_weaklistoffset
	Base       int
	Dict       int // tp_dict
	MRO        int
	HeapName   int // ht_name: str; of heap types alone
	Qualname   int // ht_qualname: str; of heap types alone
	CachedKeys int // ht_cached_keys; of heap types alone
	Module     int // ht_module; Absent to 3.8

	// Where an instance keeps its attributes.
	//
	//   ManagedValues, ManagedDict  negative offsets from the object: 3.11 has
	//                  both, 3.12 one word for either (the lowest bit tells),
	//                  3.13 a dict alone at ManagedDict
	//   InlineValues   3.13: values follow the object at tp_basicsize when the
	//                  type has this flag
	ManagedValues   int
	ManagedDict     int
	ManagedFlag     uint64 // Py_TPFLAGS_MANAGED_DICT; 0: the version has none
	InlineFlag      uint64 // Py_TPFLAGS_INLINE_VALUES; 0: the version has none
	ManagedIsTagged bool   // 3.12: the word at ManagedDict is values-1 when odd
	ValuesHeader    int    // bytes before the first value of PyDictValues
}

// Unicode is PyUnicodeObject in its compact forms. The bits of state are the
// same in all versions: kind 2 to 4, compact 5, ascii 6.
type Unicode struct {
	Length, State int
	ASCII         int // where the characters of an ASCII string begin: sizeof PyASCIIObject
	Compact       int // where those of any other compact one begin
}

// Int is PyLongObject: 30-bit digits in 4 bytes each.
type Int struct {
	Size  int  // ob_size, negative for negative numbers; or lv_tag
	Tag   bool // 3.12: lv_tag, the number of digits shifted left by 3, sign in the low 2 bits
	Digit int
}

// Container is the sequences, sets and other small objects.
type Container struct {
	TupleItems int
	ListItems  int // PyObject**
	BytesData  int
	FloatValue int // of complex: two, the real part first

	ByteArrayStart int // PyByteArrayObject.ob_start

	SetFill, SetUsed, SetMask, SetTable int // entries of 16 bytes: key, hash

	CellValue   int // PyCellObject.ob_ref
	WeakObject  int // PyWeakReference.wr_object
	MethodFunc  int // PyMethodObject.im_func
	MethodSelf  int
	CFuncDef    int // PyCFunctionObject.m_ml: PyMethodDef, whose first word is the name
	CFuncSelf   int
	PartialFn   int
	PartialArgs int
	PartialKw   int
	ModuleDict  int // PyModuleObject.md_dict
	MemberDef   int // PyMemberDescrObject.d_member: PyMemberDef{name, type, offset at 16}

	// simplequeueobject of _queue: to 3.12 a list and where it begins, from 3.13
	// on a ring of references.
	SimpleList, SimpleListPos                  int
	RingGet, RingItems, RingCapacity, RingUsed int

	// dequeobject of _collections; a block is {leftlink, data[64], rightlink}.
	DequeLeftBlock, DequeLeftIndex  int
	DequeBlockData                  int
	DequeBlockLeft, DequeBlockRight int
	DequeMaxLen                     int // -1: none
}

// Dict is PyDictObject and PyDictKeysObject.
type Dict struct {
	Used   int
	Keys   int
	Values int // of a split dict; zero: combined

	KeysSize      int // to 3.10: dk_size, the number of index slots
	KeysLog2Index int // 3.11: dk_log2_index_bytes
	KeysKind      int // 3.11: dk_kind: 0 general entries {hash, key, value}, else {key, value}
	KeysEntries   int // dk_nentries
	KeysIndices   int // where the index table begins; entries follow it
}

// Function is PyFunctionObject.
type Function struct {
	Code, Closure, Qualname, Module, Defaults int
	Dict                                      int // of attributes: functools.wraps puts __wrapped__ there
}

// Exception is PyBaseExceptionObject.
type Exception struct {
	Args, Traceback, Context, Cause int
	Notes                           int // 3.11; before, and at times now, in the attributes
	SuppressContext                 int // one byte
	Dict                            int
}

// Traceback is PyTracebackObject.
type Traceback struct {
	Next  int
	Frame int // PyFrameObject*
	LastI int // in bytes, in all versions
	Line  int // from some 3.11 on -1 until somebody asks for it: then LastI tells
}

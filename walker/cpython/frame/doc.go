// Package frame reads what runs in a CPython process: code objects and their
// tables of lines, the interpreter's frames, generators and coroutines, the
// chains in which they await each other, and the with statements that are open
// in them. It knows no library: what a manager or a future means is for the
// walker to say.
//
// # Frames
//
// A frame is a call of a Python function: its code, where it stands, its
// variables, and a stack of the values it works with. All versions have that,
// each in its own way.
//
// To 3.10 a frame is an object, PyFrameObject. f_lasti is the last instruction
// begun, in bytes (3.10: in words of 2). Variables follow the structure: locals,
// then cells for those that inner functions use, then cells of enclosing
// functions; then the value stack. A list of open blocks, of try and with, is
// in the frame. A generator points to its frame, until it ends. While a frame
// runs, its stack pointer is a variable of the C function that interprets it,
// and the frame has NULL (3.8, 3.9: f_stacktop) or -1 (3.10: f_stackdepth). In
// 3.8 and 3.9 that and f_executing tell a generator's state; 3.10 has f_state.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Include/frameobject.h
//   - https://github.com/python/cpython/blob/v3.10.13/Include/cpython/frameobject.h
//
// From 3.11 on a frame is a plain structure, _PyInterpreterFrame, on a stack of
// the thread's own or inside its generator; an object is made when somebody
// asks for one. Each variable has one place, and co_localspluskinds tells which
// are cells. Blocks are gone: the exception table says for a range of
// instructions where an exception leads and how deep the stack is there. A
// generator has its state in a byte. prev_instr is the last instruction begun;
// 3.13's instr_ptr is the one that goes on, which for a frame in a call is that
// call. Both are what f_lasti and f_lineno go by.
//
//   - https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_frame.h
//
// 3.14 has a pointer to the stack's top in place of a count, and its references
// have tags in their two lowest bits: borrowed, or a number and no reference.
//
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_interpframe_structs.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_stackref.h
//
// A thread's frames are linked from the innermost outwards, through calls that
// went by way of C. Its PyThreadState has the first one; in 3.11 and 3.12 a
// structure on the C stack, _PyCFrame, does. From 3.12 on the interpreter puts a
// frame of its own where C calls Python: it has no function, and is left out
// here, as is a frame that has not come to its first traceable instruction.
//
// # Awaits
//
// A coroutine can be suspended in an await alone, a generator at a yield or in
// a yield from, an async generator at a yield or in an await. In an await the
// awaited object is on top of the value stack: that is what cr_await returns,
// and what a chain of awaits follows. From 3.13 on the state tells awaits from
// yields; before, the instruction that the frame goes on with does: YIELD_FROM
// to 3.10, then RESUME with an operand of 2 or 3.
//
// Between coroutines stand objects that Python made: async_generator_asend and
// async_generator_athrow (async for, anext, aclose), coroutine_wrapper (what a
// coroutine's __await__ returns), anext_awaitable (anext with a default). Their
// first field is what they drive. An asyncio future is awaited through a
// FutureIter, which leads to it. Anything else, of C or Cython or with a
// __next__ of its own, is an end, named by its type.
//
// A coroutine that executes has nothing on its stack that can be told. What it
// awaits are the frames on its thread's stack, from its own inwards: see
// [Running].
//
// # With statements
//
// An open with statement keeps on the value stack the means to leave it: the
// bound method __exit__ or __aexit__, from 3.14 on the function and the manager.
// That is a fact of the interpreter, needs no bytecode, and holds in suspended
// and in running frames alike. It tells who holds an asyncio.Lock, which has no
// field for it, and which frame opened a task group.
//
// The method is put there before __aenter__ is awaited. But the block that
// protects the body opens after that; so a method without a block of its depth
// is of a statement that is being entered. On the way out the method has left
// the stack, unless there was an exception, and the call of __aexit__ tells.
//
// A frame that runs does not say where its stack ends. The deepest of its
// open blocks says how much must be there, and all methods of open with
// statements lie below that.
//
// # Names
//
// A code object has a qualified name from 3.11 on. Before, generators and
// functions have one, and a frame has no reference to its function: it is then
// looked for in the module and in the class of the first argument, and taken
// only where the function found has the very code. Generators can be renamed,
// as functools.wraps does, and [Frame].Func is the name of the code that runs
// nonetheless.
package frame

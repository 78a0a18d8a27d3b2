"""What Trio's tasks and nurseries are, by stackscope, which is by Trio's authors."""

import json

import ready  # and stackscope: tests of all programs leave this one out
import trio


def serve():
    """Answers the line "tree" with what stackscope says of the run's tasks."""
    runner = trio._core._run.GLOBAL_RUN_CONTEXT.runner
    ready.on("tree", lambda: tree(runner))


def parked():
    """Wants that no task of the run is to be run."""
    runner = trio._core._run.GLOBAL_RUN_CONTEXT.runner
    return ready.holds(lambda: not runner.runq and all(t._next_send_fn is None for t in list(runner.tasks)))


def tree(runner):
    """What stackscope says of each task, as JSON: its frames, outermost first,
    and which of them have opened nurseries for which tasks. The nursery that a
    task leaves it does not name on every Python: it was opened by the frame
    around __aexit__."""
    import stackscope

    def nurseries(contexts):
        for context in contexts:
            if not isinstance(context, stackscope.Context):
                continue  # a task of a nursery
            nursery = getattr(context.obj, "_nursery", context.obj)
            if isinstance(nursery, trio.Nursery):
                yield nursery
            yield from nurseries(context.children)
            for frame in context.inner_stack.frames if context.inner_stack else ():
                yield from nurseries(frame.contexts)

    def described(task):
        frames, opened, left = [], [], list(task.child_nurseries)

        def note(frame, nursery):
            opened.append("%s: %s" % (frame, ", ".join(sorted(t.name for t in nursery.child_tasks))))
            left.remove(nursery)

        for frame in stackscope.extract(task).frames:
            if not frame.hide:
                frames.append("%s %d" % (frame.pyframe.f_code.co_name, frame.lineno))
                for nursery in nurseries(frame.contexts):
                    note(frames[-1], nursery)
        for around, frame in zip(frames, frames[1:]):
            if frame.startswith("__aexit__ ") and left:
                note(around, left[-1])
        return {"frames": frames, "opened": opened}

    return json.dumps({task.name: described(task) for task in runner.tasks})

"""Grade a folder of submissions: ``python -m mpe_lib.course.grading SUBMISSIONS OUT``; no server.

How a score comes about, and why a submission cannot write its own:

1. ``submissions`` finds the files by their names (``naming``), ``reading`` takes the cells of each
   and nothing else, ``restore`` puts back every locked cell as the teacher has it.
2. ``sandbox`` starts a kernel between ``walls`` (an empty root, no network, a user that owns
   nothing), bounded by ``confine`` and seen to by ``watcher``; the student's cells run there and
   nowhere else.
3. ``examine`` runs each check cell in its own process. The names that the check needs are asked
   of the kernel and come over as plain data (``wire``); a function stays there and is called.
   So what a submission changes in its own process, the library or the checks, changes no score.
4. ``gradebook`` keeps the points in nbgrader's gradebook and makes nbgrader's feedback pages, of
   which ``pages`` leaves words only; ``words`` does the same for the table and the terminal.

``running`` grades several side by side and shows a bar; ``kept`` has what is graded already where
that was interrupted; ``fingerprints`` notices a change.

What this does not protect against is written in ``notebooks/TEACHING.md``.
"""

r"""Comments from whatever people hold: one small parser a format, behind one table.

>>> import pathlib, tempfile
>>> folder = tempfile.TemporaryDirectory()
>>> path = pathlib.Path(folder.name, "thread.jsonl")
>>> _ = path.write_text('{"id": "c1", "body": "Well said"}\n{"id": "c2", "body": \n')
>>> reading = Reading(path)
>>> [frame["text"].tolist() for frame in reading]
[['Well said']]
>>> reading.format, reading.records, reading.rows, reading.rejects[0].line
('jsonl', 2, 1, 2)
>>> folder.cleanup()

How to add a format
-------------------
A format is one module, one row in :data:`.registry.FORMATS` and one golden folder.

1. **The module** (``formats/<system>.py``) has two functions. ``recognise(sample) -> bool`` looks
   at the start of the input (:class:`.samples.Sample`: ``text``, ``lines``, JSON ``keys`` and first
   ``record``, XML ``root``; the ``suffix`` only where the content leaves it open).
   ``parse(source) -> Iterator[Item]`` is a generator over ``source.open()``, a binary stream,
   unpacked; it yields, in the order of the file,

   - :class:`.records.Comment`, with values *as the source spells them*. Leave the rest to
     :mod:`.conversion`: times to UTC (any usual spelling, seconds, milliseconds), HTML to plain
     text (``html=True``), states to our five words (:mod:`.states`; a new word is an entry there),
     likes to whole numbers, an absent id to a digest, ``""`` to missing;
   - :class:`.records.Reject` for every record that cannot be read: reason, line or byte, raw bytes;
   - :class:`.records.Skipped` for what is no comment: ``Skipped("pingback")``. It is counted, and
     told as a note: "left out: 3 pingbacks".

   ``source.note("…")`` tells the user anything else. Only :mod:`moderation.errors` leave a parser:
   catch what the libraries raise. Memory must not grow with the file, time must be linear in it;
   XML by lxml ``iterparse(resolve_entities=False, no_network=True, huge_tree=False)``, JSON values
   by :func:`.jsontext.decoded`, text by :func:`.lines.blocks` (whole lines in UTF-8, whatever the
   encoding). Import heavy libraries in the function that needs them.

2. **The row**: ``Format(name, title, suffixes, recognise, records(parse, whole_threads=…),
   remark)``, above the more general formats. ``whole_threads=True`` runs the parser twice (it must
   yield the same) and settles orphans and circles; parents may come later; yield a root's parent
   as None, not ``"0"``. ``extra={"reports": "integer"}`` declares further columns (kinds as in
   :mod:`moderation.columns`), filled from ``Comment.extra``. E-mail and IP addresses go in
   ``Comment.personal`` and nowhere else.

3. **The golden folder** ``tests/formats/<name>/``: ``input.*``, a faithful sample of our own
   writing, and ``expected.jsonl``, a row a line. ``python -m tests.test_formats <name>`` writes it
   anew, for you to read; the test compares. Malformed samples lie beside it, in folders of their
   own (``<name>-truncated``); their rejects are expected in ``rejects.jsonl``.

:class:`Reading` does the rest: batches, the column ``source``, one schema for all inputs, the
counts, ``--strict``, damaged archives. A table format, whose records are columns already, gives its
own :data:`.batches.Open` in place of ``records(parse, …)``: see :mod:`.jsonlines`.
"""

from moderation.formats.catalogue import markdown, table
from moderation.formats.reading import Reading, read
from moderation.formats.records import Comment, Reject, Skipped

__all__ = ["Comment", "Reading", "Reject", "Skipped", "markdown", "read", "table"]

"""The table of formats: how each is called, recognised and opened.

The order is the order in which they are tried: the particular before the general, so that JSON
Lines which are a Reddit dump are not taken for just any table.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from moderation.errors import FormatError
from moderation.formats import (
    commento,
    convokit,
    coral,
    coral_csv,
    delimited,
    disqus_api,
    disqus_xml,
    facebook,
    hackernews,
    html_page,
    isso,
    jsonarray,
    jsonlines,
    mastodon,
    page,
    parquet,
    reddit,
    remark42,
    wordpress_api,
    wordpress_wxr,
    workbook,
    youtube,
)
from moderation.formats.batches import Open, records
from moderation.formats.samples import Sample
from moderation.formats.sources import Source


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: What ``--format`` and the column ``source`` call it: lower case, hyphens.
        title: What it is, for people.
        suffixes: Usual ends of the file name, with their dots.
        recognise: Whether an input that starts so is of this format, by its content; the suffix
            may only settle what the content leaves open.
        open: How to read it, see :func:`moderation.formats.batches.records`.
        remark: What of it becomes of what, where that is not plain: a sentence or two for people.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognise: Callable[[Sample], bool]
    open: Open
    remark: str


FORMATS: tuple[Format, ...] = (
    Format(
        "parquet",
        "Parquet",
        (".parquet",),
        parquet.recognise,
        parquet.open_parquet,
        "Read batch by batch; extra columns keep their types.",
    ),
    Format(
        "xlsx",
        "Excel workbook",
        (".xlsx",),
        workbook.recognise,
        workbook.open_workbook,
        "The sheet that looks like comments; every member is measured before it is unpacked.",
    ),
    Format(
        "html",
        "saved web page (HTML) with comments",
        (".html", ".htm", ".xhtml"),
        html_page.recognise,
        records(html_page.parse, whole_threads=True),
        "schema.org, WordPress, Disqus, Coral, Discourse, forums; not what a page loads later.",
    ),
    Format(
        "disqus-xml",
        "Disqus export (XML)",
        (".xml",),
        disqus_xml.recognise,
        records(disqus_xml.parse, whole_threads=True),
        "Posts of deleted threads count as deleted; faults of the mark-up are mended and told.",
    ),
    Format(
        "wordpress-wxr",
        "WordPress export (WXR)",
        (".xml", ".wxr"),
        wordpress_wxr.recognise,
        records(wordpress_wxr.parse, whole_threads=True),
        "Pingbacks and shop notes are left out; times in GMT; one file or each of several.",
    ),
    Format(
        "coral",
        "Coral database export (JSON), also of Talk",
        (".json", ".jsonl"),
        coral.recognise,
        records(coral.parse, whole_threads=True, extra=coral.EXTRA),
        "The last revision is the comment; Perspective's score is a column; replies may be nested.",
    ),
    Format(
        "coral-csv",
        "Coral import (CSV without a header)",
        (".csv",),
        coral_csv.recognise,
        records(coral_csv.parse, whole_threads=True),
        "Comments as HTML, every column in its place.",
    ),
    Format(
        "disqus-api",
        "Disqus API posts",
        (".json",),
        disqus_api.recognise,
        records(disqus_api.parse, whole_threads=True, extra=disqus_api.EXTRA),
        "A page, pages, or posts alone; reports are a column.",
    ),
    Format(
        "wordpress-api",
        "WordPress REST comments",
        (".json",),
        wordpress_api.recognise,
        records(wordpress_api.parse, whole_threads=True),
        "A site's `wp/v2/comments`, or `comments` of wordpress.com.",
    ),
    Format(
        "reddit",
        "Reddit dumps (Pushshift, Arctic Shift)",
        (".jsonl", ".ndjson"),
        reddit.recognise,
        records(reddit.parse, whole_threads=False, extra=reddit.EXTRA),
        "Submissions open threads; ids without `t1_`, `t3_`; the subreddit is a column.",
    ),
    Format(
        "hackernews",
        "Hacker News item with its answers (Algolia)",
        (".json",),
        hackernews.recognise_item,
        records(hackernews.parse_item, whole_threads=True),
        "Answers are nested; a story's text opens its thread, one that only links does not.",
    ),
    Format(
        "hackernews-search",
        "Hacker News search hits (Algolia)",
        (".json",),
        hackernews.recognise_hits,
        records(hackernews.parse_hits, whole_threads=False),
        "An excerpt: a parent may be elsewhere.",
    ),
    Format(
        "hackernews-firebase",
        "Hacker News items (Firebase)",
        (".json", ".jsonl"),
        hackernews.recognise_firebase,
        records(hackernews.parse_firebase, whole_threads=False),
        "One item a line or an array; a parent may be elsewhere.",
    ),
    Format(
        "youtube",
        "YouTube comment threads",
        (".json",),
        youtube.recognise,
        records(youtube.parse, whole_threads=True),
        "At most five replies a thread are in it; how many are left out is told.",
    ),
    Format(
        "mastodon",
        "Mastodon contexts and statuses",
        (".json",),
        mastodon.recognise,
        records(mastodon.parse, whole_threads=True),
        "A content warning comes before the text; the status itself is not in its context.",
    ),
    Format(
        "isso",
        "Isso threads",
        (".json",),
        isso.recognise,
        records(isso.parse, whole_threads=True),
        "Also the answers of its API; ids may repeat from thread to thread.",
    ),
    Format(
        "remark42",
        "Remark42 backup or tree",
        (".json", ".jsonl"),
        remark42.recognise,
        records(remark42.parse, whole_threads=True),
        "The backup's first line is metadata; a comment's HTML is read, not what was typed.",
    ),
    Format(
        "commento",
        "Commento export",
        (".json",),
        commento.recognise,
        records(commento.parse, whole_threads=True),
        "Names are looked up among the commenters, who stand after the comments.",
    ),
    Format(
        "convokit",
        "ConvoKit utterances",
        (".jsonl", ".json"),
        convokit.recognise,
        records(convokit.parse, whole_threads=True),
        "Also the older `utterances.json`.",
    ),
    Format(
        "facebook",
        "Facebook comments (Graph API)",
        (".json",),
        facebook.recognise,
        records(facebook.parse, whole_threads=True),
        "Posts hold comments, comments hold replies; a post is no comment.",
    ),
    Format(
        "json",
        "array of JSON objects",
        (".json",),
        jsonarray.recognise,
        jsonarray.open_array,
        "Also a page that wraps one; read as a table, nested values kept as JSON.",
    ),
    Format(
        "jsonl",
        "JSON Lines",
        (".jsonl", ".ndjson"),
        jsonlines.recognise,
        jsonlines.open_lines,
        "Columns from the first 4 MiB; what comes later or does not fit is in the column `extra`.",
    ),
    Format(
        "tsv",
        "table with tabs",
        (".tsv", ".tab"),
        delimited.recognise_tabs,
        delimited.open_tabs,
        "The first line names the columns.",
    ),
    Format(
        "csv",
        "table with commas, semicolons or bars",
        (".csv",),
        delimited.recognise,
        delimited.open_commas,
        "The first line names the columns; UTF-8, UTF-16, or Windows-1252 line by line.",
    ),
    Format(
        "page",
        "text copied from a page: bulleted threads, Disqus, WordPress, names above times",
        (".txt", ".text"),
        page.recognise,
        records(page.parse, whole_threads=False),
        "Lines that are no comment are counted, and shown by `--unplaced`.",
    ),
)


def named(name: str) -> Format:
    """The format of that name.

    Raises:
        FormatError: There is none; the nearest one is named.
    """
    names = [known.name for known in FORMATS]
    if name in names:
        return FORMATS[names.index(name)]
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise FormatError(f'no format is called "{name}"', mend=mend)


def recognised(source: Source) -> Format:
    """The first format that knows an input by its content.

    Raises:
        FormatError: None does.
    """
    sample = Sample(source.head, source.suffix)
    for known in FORMATS:
        if known.recognise(sample):
            return known
    if sample.binary:
        raise FormatError(f"holds no comments that can be read: {sample.binary}", path=source.name)
    mend = "name one with --format; the command `moderation formats` lists them"
    raise FormatError("no known format fits", path=source.name, mend=mend)

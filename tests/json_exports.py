"""Generated threads written as each JSON format has them: for round trips and for benchmarks.

A writer gives the bytes of a whole export; an export names the states that its format can tell.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PAGE = "7700"
EPOCH = datetime.fromisoformat("2024-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Post:
    """A comment: its number is its place in the export, its parent one of the earlier numbers."""

    number: int
    parent: int | None
    author: str
    text: str
    minute: int
    likes: int
    state: str

    @property
    def name(self) -> str:
        return str(9000 + self.number)

    @property
    def above(self) -> str | None:
        return None if self.parent is None else str(9000 + self.parent)

    @property
    def time(self) -> datetime:
        return EPOCH + timedelta(minutes=self.minute)

    @property
    def iso(self) -> str:
        return self.time.isoformat().replace("+00:00", "Z")

    @property
    def epoch(self) -> int:
        return int(self.time.timestamp())

    @property
    def fragment(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


Posts = Sequence[Post]
Json = dict[str, object]


def _document(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _lines(values: Sequence[object]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def _nested(posts: Posts, node: Callable[[Post, list[Json]], Json]) -> list[Json]:
    """Trees of the posts, each made of a post and those that answer it; deepest first."""
    below: dict[int | None, list[Json]] = {}
    for post in reversed(posts):
        mine = below.pop(post.number, [])
        below.setdefault(post.parent, []).insert(0, node(post, mine))
    return below.get(None, [])


def disqus_api(posts: Posts) -> bytes:
    flags = {"deleted": "isDeleted", "spam": "isSpam", "published": "isApproved"}
    response = [
        {"id": post.name, "parent": post.above and int(post.above), "thread": PAGE, "forum": "f", "author": {"name": post.author, "email": "hidden@example.org"},
         "createdAt": post.iso.rstrip("Z"), "raw_message": post.text, "message": post.fragment, "likes": post.likes, "ipAddress": "192.0.2.1",
         **{flag: state == post.state for state, flag in flags.items()}}
        for post in posts
    ]  # fmt: skip
    return _document({"cursor": {"next": "1:0:0"}, "code": 0, "response": response})


def wordpress_api(posts: Posts) -> bytes:
    states = {"published": "approved", "pending": "hold", "spam": "spam", "deleted": "trash"}
    return _document([
        {"id": int(post.name), "post": int(PAGE), "parent": int(post.above or 0), "author_name": html.escape(post.author), "author_email": "hidden@example.org",
         "date_gmt": post.iso.rstrip("Z"), "content": {"rendered": post.fragment + "\n"}, "status": states[post.state], "type": "comment"}
        for post in posts
    ])  # fmt: skip


def coral(posts: Posts) -> bytes:
    states = {"published": "APPROVED", "pending": "PREMOD", "rejected": "REJECTED"}
    return _lines([
        {"id": post.name, "parentID": post.above, "storyID": PAGE, "authorID": post.author, "createdAt": {"$date": post.iso}, "status": states[post.state],
         "revisions": [{"body": "an earlier one"}, {"body": post.fragment, "metadata": {"perspective": {"score": 0.5, "model": "TOXICITY"}}}], "actionCounts": {"REACTION": post.likes}}
        for post in posts
    ])  # fmt: skip


def coral_csv(posts: Posts) -> bytes:
    states = {"published": "APPROVED", "pending": "PREMOD", "rejected": "REJECTED"}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for post in posts:
        row = (post.name, post.author, PAGE, post.iso, post.fragment, post.above)
        writer.writerow([*row, states[post.state], ""])
    return stream.getvalue().encode()


def reddit(posts: Posts) -> bytes:
    return _lines([
        {"id": post.name, "link_id": f"t3_{PAGE}", "parent_id": f"t1_{post.above}" if post.above else f"t3_{PAGE}", "author": post.author, "created_utc": post.epoch,
         "body": html.escape(post.text, quote=False), "score": post.likes, "subreddit": "s"}
        for post in posts
    ])  # fmt: skip


def hackernews(posts: Posts) -> bytes:
    def node(post: Post, answers: list[Json]) -> Json:
        return {"id": int(post.name), "created_at": post.iso, "created_at_i": post.epoch, "type": "comment", "author": post.author, "text": post.fragment, "points": post.likes,
                "parent_id": int(post.above or PAGE), "story_id": int(PAGE), "children": answers, "options": []}  # fmt: skip

    story = {
        "id": int(PAGE),
        "type": "story",
        "title": "A story",
        "url": "https://example.org",
        "text": None,
        "author": "a",
    }
    return _document({**story, "created_at_i": 1, "children": _nested(posts, node), "options": []})


def hackernews_search(posts: Posts) -> bytes:
    hits = [
        {"objectID": post.name, "created_at": post.iso, "created_at_i": post.epoch, "author": post.author, "comment_text": post.fragment, "points": post.likes, "parent_id": int(post.above or PAGE), "story_id": int(PAGE)}
        for post in posts
    ]  # fmt: skip
    return _document({"hits": hits, "nbHits": len(hits)})


def hackernews_firebase(posts: Posts) -> bytes:
    story = {"by": "a", "id": int(PAGE), "kids": [], "time": 1, "title": "A story", "type": "story"}
    return _lines([story, *(
        {"by": post.author, "id": int(post.name), "parent": int(post.above or PAGE), "text": post.fragment, "time": post.epoch, "type": "comment", "score": post.likes, "dead": post.state == "deleted"}
        for post in posts
    )])  # fmt: skip


def youtube(posts: Posts) -> bytes:
    def comment(post: Post) -> Json:
        states = {
            "published": "published",
            "pending": "heldForReview",
            "spam": "likelySpam",
            "rejected": "rejected",
        }
        snippet = {
            "textDisplay": post.fragment,
            "authorDisplayName": post.author,
            "publishedAt": post.iso,
            "likeCount": post.likes,
            "moderationStatus": states[post.state],
        }
        return {
            "id": post.name,
            "snippet": snippet | ({"parentId": post.above} if post.above else {}),
        }

    def thread(post: Post, answers: list[Json]) -> Json:
        if post.parent is not None:
            return comment(post)
        snippet = {
            "videoId": PAGE,
            "topLevelComment": comment(post),
            "totalReplyCount": len(answers),
        }
        return {"id": post.name, "snippet": snippet, "replies": {"comments": answers}}

    return _document({"kind": "youtube#commentThreadListResponse", "items": _nested(posts, thread)})


def mastodon(posts: Posts) -> bytes:
    statuses = [
        {"id": post.name, "in_reply_to_id": post.above or PAGE, "created_at": post.iso, "content": post.fragment, "account": {"acct": post.author}, "favourites_count": post.likes, "spoiler_text": ""}
        for post in posts
    ]  # fmt: skip
    return _document({"ancestors": [], "descendants": statuses})


def isso(posts: Posts) -> bytes:
    modes = {"published": 1, "pending": 2, "deleted": 4}
    comments = [
        {"id": int(post.name), "parent": post.above and int(post.above), "author": post.author, "created": float(post.epoch), "text": post.text, "likes": post.likes, "mode": modes[post.state], "remote_addr": "192.0.2.1"}
        for post in posts
    ]  # fmt: skip
    return _document([{"comments": comments, "id": PAGE, "title": "A page"}])


def _remark42(post: Post) -> Json:
    return {"id": post.name, "pid": post.above or "", "text": post.fragment, "orig": post.text, "user": {"name": post.author, "ip": "1f2e"}, "locator": {"url": PAGE}, "score": post.likes, "time": post.iso, "delete": post.state == "deleted"}  # fmt: skip


def remark42(posts: Posts) -> bytes:
    return _lines([{"version": 1, "users": [], "posts": []}, *map(_remark42, posts)])


def remark42_tree(posts: Posts) -> bytes:
    trees = _nested(posts, lambda post, answers: {"comment": _remark42(post), "replies": answers})
    return _document({"comments": trees, "info": {"count": len(posts)}})


def commento(posts: Posts) -> bytes:
    comments = [
        {"commentHex": post.name, "parentHex": post.above or "root", "url": PAGE, "commenterHex": f"c{post.number}", "markdown": post.text, "html": "", "creationDate": post.iso, "score": post.likes,
         "state": "unapproved" if post.state == "pending" else "approved", "deleted": post.state == "deleted"}
        for post in posts
    ]  # fmt: skip
    commenters = [
        {"commenterHex": f"c{post.number}", "name": post.author, "email": "hidden@example.org"}
        for post in posts
    ]
    return _document({"version": 1, "comments": comments, "commenters": commenters})


def facebook(posts: Posts) -> bytes:
    def node(post: Post, answers: list[Json]) -> Json:
        held = {
            "id": f"{PAGE}_{post.name}",
            "from": {"name": post.author},
            "message": post.text,
            "created_time": post.iso.replace("Z", "+0000"),
            "like_count": post.likes,
            "is_hidden": post.state == "rejected",
        }
        return held | ({"comments": {"data": answers}} if answers else {})

    return _document({"data": _nested(posts, node), "paging": {}})


def convokit(posts: Posts) -> bytes:
    return _lines([
        {"id": post.name, "conversation_id": PAGE, "reply-to": post.above, "speaker": post.author, "text": post.text, "timestamp": post.epoch, "meta": {"score": post.likes}, "vectors": []}
        for post in posts
    ])  # fmt: skip


@dataclass(frozen=True)
class Export:
    """A format's writer, which states it can tell, whether likes, and how many levels."""

    format: str
    write: Callable[[Posts], bytes]
    states: tuple[str, ...] = ()
    likes: bool = True
    levels: int = 100


EXPORTS = (
    Export("disqus-api", disqus_api, ("published", "pending", "spam", "deleted")),
    Export(
        "wordpress-api", wordpress_api, ("published", "pending", "spam", "deleted"), likes=False
    ),
    Export("coral", coral, ("published", "pending", "rejected")),
    Export("coral-csv", coral_csv, ("published", "pending", "rejected"), likes=False),
    Export("reddit", reddit),
    Export("hackernews", hackernews),
    Export("hackernews-search", hackernews_search),
    Export("hackernews-firebase", hackernews_firebase),
    Export("youtube", youtube, ("published", "pending", "spam", "rejected"), levels=2),
    Export("mastodon", mastodon),
    Export("isso", isso, ("published", "pending", "deleted")),
    Export("remark42", remark42),
    Export("remark42", remark42_tree),
    Export("commento", commento, ("published", "pending", "deleted")),
    Export("facebook", facebook),
    Export("convokit", convokit),
)

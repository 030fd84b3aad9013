"""The mark-ups in which pages hold comments: a table of CSS selectors.

A new mark-up is a row. Selectors of one field are tried in order, for each comment apart: what a
later one finds counts only where the earlier found nothing. Comments may nest: what is found
belongs to the innermost comment around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a mark-up keeps what.

    Attributes:
        name: What it is called in notes and errors.
        comment: Selector of the elements that hold one comment each.
        text: Selectors of its text; of several elements all are joined.
        author, time, likes: Selectors of these.
        identity: Attributes of the comment's element that hold its id, each with a pattern whose
            group is the id.
        replies: An attribute, with such a pattern, of elements that hold the replies to a comment.
        parent: A selector of a link to the comment that is answered; its address ends in the id.
        others: Selectors of what is no comment, each with a noun for it.
        states: Selectors of what tells a comment's state, each with the state.
    """

    name: str
    comment: str
    text: tuple[str, ...]
    author: tuple[str, ...]
    time: tuple[str, ...] = ("time[datetime]", "time")
    likes: tuple[str, ...] = ()
    identity: tuple[tuple[str, str], ...] = (("id", r"([\w\-]+)$"),)
    replies: tuple[str, str] | None = None
    parent: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)


_WORDPRESS = '[class*="depth-"]'

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "microdata comments",
        comment='[itemtype$="schema.org/Comment"], [itemtype$="schema.org/UserComments"]',
        text=('[itemprop~="text"]', '[itemprop~="commentText"]', '[itemprop~="description"]'),
        author=(
            '[itemprop~="author"] [itemprop~="name"]',
            '[itemprop~="creator"] [itemprop~="name"]',
            '[itemprop~="author"]',
            '[itemprop~="creator"]',
        ),
        time=(
            '[itemprop~="dateCreated"]',
            '[itemprop~="commentTime"]',
            '[itemprop~="datePublished"]',
        ),
        likes=('[itemprop~="upvoteCount"]',),
        identity=(("itemid", r"(.+)"), ("id", r"([\w\-]+)$")),
        parent='[itemprop~="parentItem"]',
    ),
    Layout(
        "WordPress comment list",
        comment=(
            f".comment{_WORDPRESS}, .pingback{_WORDPRESS}, .trackback{_WORDPRESS}, "
            ".comment-list > li, .commentlist > li"
        ),
        text=(
            ".comment-content",
            ".comment-text",
            ".comment-body > :is(p, blockquote, ul, ol, pre)",
        ),
        author=(".comment-author .fn", ".fn", ".comment-author-name", ".comment-author", "cite"),
        time=("time[datetime]", ".comment-meta a", ".comment-metadata a", ".comment-date"),
        identity=(("id", r"comment-(\d+)$"),),
        others={".pingback": "pingback", ".trackback": "trackback"},
        states={".comment-awaiting-moderation": "pending"},
    ),
    Layout(
        "Disqus thread",
        comment='li.post[id^="post-"]',
        text=(".post-message", '[data-role="message"]'),
        author=(".post-byline .author", ".author", ".publisher-anchor-color a"),
        time=(".time-ago", '[data-role="relative-time"]'),
        likes=('[data-role="likes"]', ".vote-up .count"),
        identity=(("id", r"post-(\w+)$"),),
        parent="a.parent-link",
    ),
    Layout(
        "Coral stream",
        comment='.coral-comment, [data-testid^="comment-"]',
        text=(".coral-comment-content", '[class*="HTMLContent-root"]'),
        author=(".coral-username", '[class*="Username-root"]'),
        time=(".coral-timestamp", "time[datetime]"),
        likes=(".coral-comment-reactionCount", ".coral-reacted-count"),
        identity=(("data-testid", r"^comment-([\w\-]+)$"), ("id", r"comment-([\w\-]+)$")),
        replies=("data-testid", r"^commentReplyList-([\w\-]+)$"),
    ),
    Layout(
        "Discourse topic",
        comment="article[data-post-id], .crawler-post",
        text=(".cooked", '.post[itemprop~="text"]', ".post"),
        author=(".names .username", ".names a", ".creator [itemprop~='name']", ".creator a"),
        time=(".relative-date", ".post-time", "time[datetime]"),
        likes=(".like-count", "[itemprop~='userInteractionCount']"),
        identity=(("data-post-id", r"(\d+)"), ("id", r"(post_\d+)$")),
    ),
    Layout(
        "phpBB topic",
        comment='.post[id^="p"]',
        text=(".postbody .content",),
        author=(".author .username", ".author .username-coloured", ".postprofile .username",
                ".postprofile .username-coloured", ".author strong"),
        time=("time[datetime]", ".author"),
        identity=(("id", r"^p(\d+)$"),),
    ),
    Layout(
        "XenForo thread",
        comment='article[data-content^="post-"], li.message[id^="post-"]',
        text=(".message-body .bbWrapper", ".messageText"),
        author=(".message-name .username", ".message-userDetails .username", ".username"),
        time=(".message-attribution time[datetime]", "time[datetime]", ".DateTime"),
        identity=(("data-content", r"post-(\d+)$"), ("id", r"post-(\d+)$")),
    ),
    Layout(
        "MyBB thread",
        comment='.post[id^="post_"]',
        text=(".post_body",),
        author=(".author_information .largetext", ".author_information a"),
        time=(".post_date",),
        identity=(("id", r"^post_(\d+)$"),),
    ),
    Layout(
        "vBulletin thread",
        comment='li[id^="post_"], [id^="post"].postbit, .b-post[data-node-id]',
        text=(".postcontent", ".js-post__content-text"),
        author=(".username", ".author strong", ".author a"),
        time=("time[datetime]", ".postdate .date", ".postdate"),
        identity=(("data-node-id", r"(\d+)"), ("id", r"post_?(\d+)$")),
    ),
)  # fmt: skip

FALLBACK = Layout(
    "elements of class comment",
    comment='.comment, .Comment, [id^="comment-"], [class*="comment-item"], [data-comment-id]',
    text=(
        ".comment-content, .comment-text, .comment__text, .comment__body, .comment__content",
        ".comment-body, .comment_body, .comment-message, .message",
        ".body, .text, .content",
        "p",
    ),
    author=(
        ".comment-author, .comment__author, .comment_author",
        ".author, .username, .user-name",
        ".fn, .user, .name",
        "cite",
    ),
    time=("time[datetime]", "time", ".comment-date, .comment__date, .date, .timestamp"),
    likes=(".likes, .like-count, .score, .votes",),
    identity=(("data-comment-id", r"(.+)"), ("id", r"([\w\-]+)$")),
)
"""Tried only where nothing else is found."""

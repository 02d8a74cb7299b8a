"""A message as a screen reader says it. No Qt."""

from __future__ import annotations

from ui.conversation.state import MessageItem, ReplyLine
from ui.language import tr


def spoken(item: MessageItem) -> str:
    """Everything that is shown of a message, in the order of reading."""
    file, reply = item.exhibit, item.reply
    parts = [item.author, "" if item.mine else item.place, item.note if item.heads else "", item.at]
    if reply is not None:
        parts.append(answers(reply))
    if file is not None:
        parts.append(tr("Exhibit {number} {stem}", number=file.number, stem=file.stem))
        parts += [file.extension, file.size, file.badge.word, *file.marks]
    parts += [item.text, item.edited, item.badge.word, item.problem]
    return ", ".join(one for one in parts if one)


def answers(reply: ReplyLine) -> str:
    """What a message answers."""
    return tr("Reply to {author}: {text}", author=reply.author, text=reply.text)

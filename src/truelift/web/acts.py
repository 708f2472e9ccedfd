"""Acts: what can be done from a page, each a form that is sent once.

In:   a form of a page; who sends it.
Out:  the deed, and a way back to the page, which says what became of it.

A form carries a word of its own. The answer is kept under it: sent twice it is done once, and a
refusal gives back what was written.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import htpy
from htpy import Element, Node, button, details, div, form, label, p, small, span, summary

from truelift.base.errors import TrueliftError
from truelift.base.secret import Secret
from truelift.web.door import Workspace

Given = Mapping[str, str]

KEPT = 1_000
"""Answers that are kept; the oldest goes first."""

LONGEST = 2_000
"""Characters of one field."""

ONCE, BACK, DONE = "once", "back", "done"

PASSWORD = "password"  # noqa: S105 - the kind of an input


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. hidden: filled by the page and not by who writes.

    kind: of an input in a browser; what is written in a `password` is never kept. choices: all that
    it takes. among: a list of the page that helps to write it.
    """

    name: str
    words: str = ""
    hidden: bool = False
    needed: bool = True
    kind: str = "text"
    choices: Sequence[str] = ()
    among: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done.

    words: on the button. done: what is said afterwards; it names fields in braces. why: what it
    means, beside the button. but: what of the answer is said besides.
    """

    name: str
    words: str
    done: str
    fields: Sequence[Field]
    do: Callable[[Workspace, Given], Any]
    why: str = ""
    but: Callable[[Any], str] = lambda _result: ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: a sentence, and when it was refused what was written in it.

    secret: what was made and is shown once.
    """

    act: str
    sentence: str
    given: Given
    refused: bool = False
    secret: Secret | None = None


@dataclass(slots=True)
class Forms:
    """Makes forms, and remembers what became of those that were sent."""

    acts: Mapping[str, Act]
    _outcomes: OrderedDict[str, Outcome] = field(default_factory=OrderedDict, repr=False)
    _shown: deque[Secret] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)

    def known(self, once: str) -> Outcome | None:
        """Give what became of a form; None when it was never sent, or long ago."""
        return self._outcomes.get(once)

    def secret(self, outcome: Outcome | None) -> Secret | None:
        """Give what a form has made that is shown once; None the second time."""
        if outcome is None or outcome.secret is None or outcome.secret in self._shown:
            return None
        self._shown.append(outcome.secret)
        return outcome.secret

    def do(self, workspace: Workspace, name: str, given: Given) -> Outcome:
        """Do what a form asks for, once."""
        act, once = self.acts[name], given.get(ONCE, "")
        before = self._outcomes.get(once)
        if before is not None and not before.refused:
            return before
        outcome = _done(workspace, act, given)
        if once:
            self._outcomes[once] = outcome
            self._outcomes.move_to_end(once)
            while len(self._outcomes) > KEPT:
                self._outcomes.popitem(last=False)
        return outcome

    def form(
        self, name: str, back: str, filled: Given | None = None, last: Outcome | None = None
    ) -> Element:
        """Write the form of an act. back: the page to go back to; filled: hidden fields.

        last: what became of the form that was sent last: if it was this one, and refused, what was
        written stands in it again, and why beside it.
        """
        act, fixed = self.acts[name], dict(filled or {})
        again = last is not None and last.refused and last.act == name and all(
            last.given.get(key) == value for key, value in fixed.items()
        )  # fmt: skip
        written = last.given if again and last is not None else {}
        fields: list[Node] = [
            htpy.input(type="hidden", name=each.name, value=fixed[each.name])
            if each.name in fixed
            else _control(each, written.get(each.name, ""), again=again)
            for each in act.fields
        ]  # fmt: skip
        return form(".act", method="post", action=f"/act/{name}")[
            htpy.input(type="hidden", name=ONCE, value=secrets.token_urlsafe(16)),
            htpy.input(type="hidden", name=BACK, value=back),
            fields,
            button(type="submit")[act.words],
            small[act.why] if act.why else None,
            p(".refused", role="alert")[last.sentence] if again and last is not None else None,
        ]

    def folded(
        self, words: str, names: Sequence[str], back: str, filled: Given, last: Outcome | None
    ) -> Element:
        """Write several forms about one thing, folded until somebody wants them."""
        opened = last is not None and last.refused and last.act in names and all(
            last.given.get(key) == value for key, value in filled.items()
        )  # fmt: skip
        return details(".acts", open=opened)[
            summary[words], div[(self.form(name, back, filled, last) for name in names)]
        ]


def said(outcome: Outcome | None) -> Node:
    """Say what became of the form that was sent last; a refusal stands beside its form."""
    if outcome is None:
        return None
    kind = "refused" if outcome.refused else "done"
    return p(class_=["outcome", kind], role="alert" if outcome.refused else "status")[
        outcome.sentence
    ]


def _done(workspace: Workspace, act: Act, given: Given) -> Outcome:
    written = {each.name: given.get(each.name, "").strip() for each in act.fields}
    for each in act.fields:
        if each.kind == PASSWORD:
            written[each.name] = given.get(each.name, "")  # spaces around it are part of it
        if each.choices and written[each.name] not in {*each.choices, ""}:
            told = f"{each.words or each.name} takes one of {', '.join(each.choices)}."
            return Outcome(act.name, told, _kept(act, written), refused=True)
        if each.needed and not written[each.name]:
            name = each.words or each.name
            told = f"{name} is missing: fill it in."
            return Outcome(act.name, told, _kept(act, written), refused=True)
        if len(written[each.name]) > LONGEST:
            told = f"{each.words or each.name} is longer than {LONGEST:,} characters."
            return Outcome(act.name, told, _kept(act, written), refused=True)
    try:
        result = act.do(workspace, written)
    except TrueliftError as error:
        return Outcome(act.name, str(error), _kept(act, written), refused=True)
    made = result if isinstance(result, Secret) else None
    kept = _kept(act, written)
    return Outcome(act.name, act.done.format(**kept) + act.but(result), kept, secret=made)


def _kept(act: Act, written: Given) -> Given:
    """Give what was written but for passwords: it is shown again, and no password ever is."""
    secret = {each.name for each in act.fields if each.kind == PASSWORD}
    return {name: text for name, text in written.items() if name not in secret}


def _control(each: Field, value: str, *, again: bool) -> Element:
    """Write a field for a person to fill."""
    words = span[each.words or each.name.replace("_", " ")]
    if each.kind == "checkbox":
        box = htpy.input(type="checkbox", name=each.name, value="yes", checked=value == "yes")
        return label(".tick")[box, words]
    if each.choices:
        options = ("", *each.choices) if not each.needed else each.choices
        return label[
            words,
            htpy.select(name=each.name)[
                (htpy.option(value=name, selected=name == value)[name] for name in options)
            ],
        ]
    return label[
        words,
        htpy.input(
            type=each.kind,
            name=each.name,
            value=value,
            required=each.needed,
            maxlength=LONGEST,
            aria_invalid="true" if again else None,
            list=each.among or None,
            autocomplete="new-password" if each.kind == PASSWORD else None,
        ),
    ]

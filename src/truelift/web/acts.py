"""Acts: what can be done from a page, each a form that is sent once.

In:   a form of a page; who sends it.
Out:  the deed, and a way back to the page, which says what became of it.

A form carries a word of its own. The answer is kept under it: sent twice it is done once, and a
refusal gives back what was written.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import htpy
from htpy import Element, Node, button, details, div, form, label, p, small, span, summary

from truelift.base.errors import TrueliftError
from truelift.web.door import Result, Workspace

Given = Mapping[str, str]

KEPT = 1_000
"""Answers that are kept; the oldest goes first."""

LONGEST = 2_000
"""Characters of one field."""

ONCE, BACK, DONE = "once", "back", "done"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. hidden: filled by the page and not by who writes."""

    name: str
    words: str = ""
    hidden: bool = False
    needed: bool = True


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
    do: Callable[[Workspace, Given], Result]
    why: str = ""
    but: Callable[[Result], str] = lambda _result: ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: a sentence, and when it was refused what was written in it."""

    act: str
    sentence: str
    given: Given
    refused: bool = False


@dataclass(slots=True)
class Forms:
    """Makes forms, and remembers what became of those that were sent."""

    acts: Mapping[str, Act]
    _outcomes: OrderedDict[str, Outcome] = field(default_factory=OrderedDict, repr=False)

    def known(self, once: str) -> Outcome | None:
        """Give what became of a form; None when it was never sent, or long ago."""
        return self._outcomes.get(once)

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
            else label[
                span[each.words or each.name.replace("_", " ")],
                htpy.input(
                    name=each.name, value=written.get(each.name, ""), required=each.needed,
                    maxlength=LONGEST, aria_invalid="true" if again else None,
                ),
            ]
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
        if each.needed and not written[each.name]:
            name = each.words or each.name
            return Outcome(act.name, f"{name} is missing: fill it in.", written, refused=True)
        if len(written[each.name]) > LONGEST:
            told = f"{each.words or each.name} is longer than {LONGEST:,} characters."
            return Outcome(act.name, told, written, refused=True)
    try:
        result = act.do(workspace, written)
    except TrueliftError as error:
        return Outcome(act.name, str(error), written, refused=True)
    return Outcome(act.name, act.done.format(**written) + act.but(result), written)

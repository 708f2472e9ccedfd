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

from truelift.base.errors import FieldOff, TrueliftError
from truelift.base.ids import content_hash
from truelift.base.secret import Secret
from truelift.web.door import Workspace
from truelift.web.wording import worded

Given = Mapping[str, str]

KEPT = 1_000
"""Answers that are kept; the oldest goes first."""

LONGEST = 2_000
"""Characters of one field."""

FEW = 4
"""A form of more fields stands in columns."""

ONCE, BACK, DONE = "once", "back", "done"

PASSWORD = "password"  # noqa: S105 - the kind of an input


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. hidden: filled by the page and not by who writes.

    kind: how it is written: `text`, `area`, `choice`, or a type that browsers have (`date`, ...);
    what is written in a `password` is never kept. choices: of a choice, value and words. closed:
    nothing but a choice is taken. among: a list of the page that helps to write it. hint: what it
    is, below. fixed: shown and never changed. longest: characters that it takes. numeric: a
    telephone shows the keyboard of figures.
    """

    name: str
    words: str = ""
    hidden: bool = False
    needed: bool = True
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    closed: bool = False
    among: str = ""
    hint: str = ""
    fixed: bool = False
    longest: int = LONGEST
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done.

    words: on the button. done: what is said afterwards; it names fields in braces. why: what it
    means, beside the button. but: what of the answer is said besides. after: the page to go to when
    it is done, which may name fields in braces; back to the form's own without it.
    """

    name: str
    words: str
    done: str
    fields: Sequence[Field]
    do: Callable[[Workspace, Given], Any]
    why: str = ""
    but: Callable[[Any], str] = lambda _result: ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: a sentence, and when it was refused what was written in it.

    field: the one that the refusal is about, where it is about one. secret: what was made and is
    shown once.
    """

    act: str
    sentence: str
    given: Given
    refused: bool = False
    field: str = ""
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
        self.keep(once, outcome)
        return outcome

    def keep(self, once: str, outcome: Outcome) -> None:
        """Remember what became of a form."""
        if once:
            self._outcomes[once] = outcome
            self._outcomes.move_to_end(once)
            while len(self._outcomes) > KEPT:
                self._outcomes.popitem(last=False)

    def form(
        self,
        name: str,
        back: str,
        filled: Given | None = None,
        last: Outcome | None = None,
        *,
        values: Given | None = None,
        fields: Sequence[Field] | None = None,
    ) -> Element:
        """Write the form of an act. back: the page to go back to; filled: hidden fields.

        last: what became of the form that was sent last: if it was this one, and refused, what was
        written stands in it again, and why beside it. values: what stands in the fields at first.
        fields: the act's own as this page shows them.
        """
        act, fixed = self.acts[name], dict(filled or {})
        again = last is not None and last.refused and last.act == name and all(
            last.given.get(key) == value for key, value in fixed.items()
        )  # fmt: skip
        written = last.given if again and last is not None else values or {}
        off = last if again else None
        shown: list[Node] = [
            htpy.input(type="hidden", name=each.name, value=fixed[each.name])
            if each.name in fixed
            else _control(act.name, each, written.get(each.name, ""), off)
            for each in fields or act.fields
        ]
        beside = off is not None and any(each.name == off.field for each in act.fields)
        about = content_hash([name, *(f"{key}={value}" for key, value in sorted(fixed.items()))])
        return form(class_=["act", "sheet" if len(act.fields) > FEW else ""], method="post",
                    id=f"form-{about[:12]}", action=f"/act/{name}")[
            htpy.input(type="hidden", name=ONCE, value=secrets.token_urlsafe(16)),
            htpy.input(type="hidden", name=BACK, value=back),
            shown,
            div(".send")[button(type="submit")[act.words], small[act.why] if act.why else None],
            p(".refused", role="alert")[worded(off.sentence)] if off and not beside else None,
        ]  # fmt: skip

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
        worded(outcome.sentence)
    ]


def _control(act: str, field: Field, value: str, off: Outcome | None) -> Node:
    """Write one field with its words, its hint, and beside it why it was refused."""
    here = off is not None and off.field == field.name
    ours = off is not None and off.field in {"", field.name}
    why, hint = f"{act}-{field.name}-why", f"{act}-{field.name}-hint"
    told = " ".join(name for name, is_there in ((why, here), (hint, field.hint)) if is_there)
    more: dict[str, Any] = {
        "name": field.name, "required": field.needed,
        "aria_invalid": "true" if ours else None, "aria_describedby": told or None,
    }  # fmt: skip
    box: Node
    if field.kind == "choice" and not field.fixed:
        known = dict(field.choices)
        choices = [*field.choices, *([] if value in known or not value else [(value, value)])]
        box = htpy.select(**more)[
            None if field.needed and (value or field.closed) else htpy.option(value="")["not said"],
            (htpy.option(value=key, selected=key == value)[words] for key, words in choices),
        ]
    elif field.kind == "checkbox":
        box = htpy.input(type="checkbox", name=field.name, value="yes", checked=value == "yes")
        return label(".tick")[box, span[field.words or field.name.replace("_", " ")]]
    elif field.kind == "area" or "\n" in value:
        box = htpy.textarea(**more, rows="8" if field.kind == "area" else "2",
                            maxlength=field.longest)[value]  # fmt: skip
    else:
        box = htpy.input(
            **more, value=value, maxlength=field.longest, readonly=field.fixed,
            type="text" if field.kind == "choice" else field.kind,
            step="any" if field.kind == "datetime-local" else None,
            inputmode="decimal" if field.numeric else None, list=field.among or None,
            autocomplete="new-password" if field.kind == PASSWORD else None,
        )  # fmt: skip
    return label(class_="wide" if field.kind == "area" else None)[
        span[field.words or field.name.replace("_", " "), " *" if field.needed and field.hint
             else None],
        box,
        small(id=hint)[field.hint] if field.hint else None,
        small(".refused", id=why, role="alert")[worded(off.sentence)] if off and here else None,
    ]  # fmt: skip


def _done(workspace: Workspace, act: Act, given: Given) -> Outcome:
    written = {each.name: given.get(each.name, "").strip() for each in act.fields}
    for each in act.fields:
        if each.kind == PASSWORD:
            written[each.name] = given.get(each.name, "")  # spaces around it are part of it
        if each.closed and written[each.name] not in {*dict(each.choices), ""}:
            told = f"{each.words or each.name} takes one of {', '.join(dict(each.choices))}."
            return Outcome(act.name, told, _kept(act, written), refused=True, field=each.name)
        if each.needed and not written[each.name]:
            name = each.words or each.name
            told = f"{name} is missing: fill it in."
            return Outcome(act.name, told, _kept(act, written), refused=True, field=each.name)
        if len(written[each.name]) > each.longest:
            told = f"{each.words or each.name} is longer than {each.longest:,} characters."
            return Outcome(act.name, told, _kept(act, written), refused=True, field=each.name)
    try:
        result = act.do(workspace, written)
    except TrueliftError as error:
        off = error.field if isinstance(error, FieldOff) else ""
        return Outcome(act.name, str(error), _kept(act, written), refused=True, field=off)
    made = result if isinstance(result, Secret) else None
    kept = _kept(act, written)
    return Outcome(act.name, act.done.format(**kept) + act.but(result), kept, secret=made)


def _kept(act: Act, written: Given) -> Given:
    """Give what was written but for passwords: it is shown again, and no password ever is."""
    secret = {each.name for each in act.fields if each.kind == PASSWORD}
    return {name: text for name, text in written.items() if name not in secret}

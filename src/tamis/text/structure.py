"""Structure that goes with its content or not at all: brackets, quotations, emphasis, links, Markdown, keys, errors.

`structure` says of the units of a text which of them go or stay together, and which stay just because of others. It
deletes nothing and chooses nothing. `text/pairs.py` reads what stands in pairs, `text/blocks.py` what stands in lines,
`text/expressions.py` quantities and commands.
"""

from __future__ import annotations

from dataclasses import dataclass

from tamis.core import Bools, Ints
from tamis.text.blocks import blocks
from tamis.text.expressions import expressions
from tamis.text.pairs import pairs
from tamis.text.relations import Places, Relations, bonds_of, company_of, inside, parents_of
from tamis.text.units import Units


@dataclass(frozen=True, eq=False, slots=True)
class Structure:
    """What the structure of a text asks of its units.

    Attributes:
        bonds: (n,) a number that units have in common which go or stay together; a unit by itself has its own number.
        parents: (n,) the unit that must stay for each to stay, -1 for none.
        low, high: (n,) a range of units: where it is not empty, the unit stays just where something in it stays. So
            with the sign of a list item (its text), brackets and quotation marks (what is between them), emphasis,
            links (their text), headings (their section), the header of a table (its rows), the lines around code,
            ">" (its line), a key or speaker (the value, what is said).
        solid: (n,) True for units of what goes or stays whole, down to its punctuation: table rows, lines of code,
            images, definitions of links, calls with arguments, inline code, errors with their exception, quantities,
            dates, commands.
        quiet: (n,) True for punctuation that divides no sentence: of links, and inside of what is solid.
    """

    bonds: Ints
    parents: Ints
    low: Ints
    high: Ints
    solid: Bools
    quiet: Bools


def structure(units: Units) -> Structure:
    """Return the structure of a text. Linear in the text.

    Example: "- see [it](u)" -> the "-" stays where one of the others stays, the "[", "]", "(", "u", ")" where "it" does
    """
    n, places = len(units), Places(units)
    lines = blocks(units.text, places)
    signs = pairs(units.text, places, lines.breaks, lines.code)
    signs.wholes.extend(expressions(units.text, places).wholes)
    solid = inside(n, signs.wholes)
    low, high = company_of(n, signs)
    low[solid] = high[solid] = 0
    outer_low, outer_high = company_of(n, lines.relations)
    outer = outer_low < outer_high
    low[outer], high[outer] = outer_low[outer], outer_high[outer]
    solid &= ~outer
    whole = inside(n, lines.relations.wholes)
    low[whole] = high[whole] = 0
    both = Relations(wholes=signs.wholes + lines.relations.wholes, ties=signs.ties + lines.relations.ties)
    solid |= whole
    quiet = units.punct & solid
    quiet[signs.quiet] = True
    return Structure(bonds_of(n, both), parents_of(n, lines.relations), low, high, solid, quiet)

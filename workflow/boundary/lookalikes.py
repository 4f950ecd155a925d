"""Texts that a reader takes for the same, and names that must not be such."""

from __future__ import annotations

import functools
import unicodedata

import polars as pl

from boundary.errors import TableError
from boundary.wording import reveal

#: What has no glyph: zero-width characters, marks of direction, controls but white space.
_INVISIBLE = r"[\p{Default_Ignorable_Code_Point}[\p{Cc}&&[^\s]]]"
#: Compatibility forms whose plain letters would say something else: x² is not x2.
_OF_VALUE = ("<super>", "<sub>", "<fraction>", "<circle>")
_TYPESET = {"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "‟": '"', "‐": "-", "−": "-"}
#: The last block that has compatibility forms.
_LAST_FORM = 0x1FFFF
#: Cyrillic and Greek letters that are drawn as a Latin one, and that one.
_FOREIGN = (
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422"
    "\u0425\u0423\u0430\u0435\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u0455\u0501"
    "\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5"
    "\u03a7\u03bf\u03bd"
)
_LATIN = "ABESIJKMHOPCTXYaeijopcyxsdqwABEZHIKMNOPTYXov"
#: A text of visible ASCII, with single spaces, looks like no other such text.
_PLAIN = r"^[!-~]+( [!-~]+)*$"


@functools.cache
def _plain_forms() -> dict[str, str]:
    """Return the characters that NFKC writes otherwise, but those of another value."""
    forms = {}
    for character in map(chr, range(128, _LAST_FORM)):
        kind = unicodedata.decomposition(character).partition(" ")[0]
        if kind.startswith("<") and kind not in _OF_VALUE:
            forms[character] = unicodedata.normalize("NFKC", character)
    return forms | _TYPESET


def normal_form(texts: pl.Series) -> pl.Series:
    """Return texts in the form in which texts that a reader takes for the same are equal.

    White space of any kind and length is one space, and none at the ends;
    characters without a glyph are left out; letters and digits of another
    width or font, ligatures and typeset quotes are plain.
    """
    plain = texts.str.contains(r"^[\x20-\x7e\s]*$")
    special = texts.filter(~plain)
    if len(special):
        forms = _plain_forms()
        special = (
            special.str.replace_all(_INVISIBLE, "")
            .str.replace_many(list(forms), list(forms.values()))
            .str.normalize("NFC")
        )
        texts = texts.clone().scatter(  # which works in place
            plain.not_().arg_true(), special
        )
    return texts.str.replace_all(r"\s+", " ").str.strip_chars(" ")


@functools.lru_cache(maxsize=64)
def column_fault(names: tuple[str, ...], among: frozenset[str] | None = None) -> str | None:
    """Return which two columns a reader takes for one; None where all are different.

    Parameters
    ----------
    names : tuple of str
        Names of columns; here case is no difference.
    among : frozenset of str, optional
        The columns that are read, in lower case; by default all.
    """
    first: dict[str, str] = {}
    for name, form in zip(names, normal_form(pl.Series(names, dtype=pl.String)), strict=True):
        plain = form.casefold()
        if among is not None and plain not in among:
            continue
        if plain in first:
            if first[plain] == name:
                return f"the column {shown(name)} stands twice"
            return f"the columns {shown(first[plain])} and {shown(name)} are one name to a reader"
        first[plain] = name
    return None


def refuse_lookalikes(names: pl.Series, where: str) -> None:
    """Refuse names that differ in what no reader sees, and names of nothing visible.

    Case is seen; white space at the ends, its kind and its length, characters without
    a glyph, the normal form of Unicode and letters drawn alike are not.

    Parameters
    ----------
    names : polars.Series
        Such as ids of problems; they may repeat.
    where : str
        File or origin, named in the error.

    Raises
    ------
    TableError
        Names both, with what is invisible shown, and their rows.
    """
    distinct = names.drop_nulls().unique(maintain_order=True)
    if distinct.str.contains(_PLAIN).all():
        return
    forms = normal_form(distinct).str.replace_many(list(_FOREIGN), list(_LATIN))
    faults = pl.DataFrame({"name": distinct, "form": forms}).filter(
        pl.col("form").is_duplicated() | ((pl.col("form") == "") & (pl.col("name") != ""))
    )
    if faults.is_empty():
        return
    one, form = faults.row(0)
    what = f"{where}: {names.name} {shown(one)} (row {_row(names, one)})"
    if not form:
        raise TableError(f"{what} shows nothing; give it a name that can be read.")
    other = faults.filter(pl.col("form") == form)["name"][1]
    raise TableError(
        f"{what} and {shown(other)} (row {_row(names, other)}) look the same to a reader and are "
        f"two names. Write them alike, or name one of them otherwise."
    )


def shown(name: str) -> str:
    """Return a name in quotes in which nothing is hidden: other letters than ASCII have codes."""
    return f"{reveal(name)!r}" if reveal(name) != name else ascii(name)


def _row(names: pl.Series, name: str) -> int:
    """Return the first row with a name, counted from 1."""
    return int((names == name).arg_true()[0]) + 1

"""Formulas of calculated properties: read, checked and worked out.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide ("Create calculation
properties") gives the language. Functions that it does not list are those of the property editor.
"""

from hubwire.emulator.formulas.reading import Formula, parsed
from hubwire.emulator.formulas.values import BadFormula, difference, product

__all__ = ["BadFormula", "Formula", "difference", "parsed", "product"]

"""The ten digits as words of each official language, for reading a number aloud. Pure.

Digit by digit: as numbers they would be said in another order in every second language, units
before tens here and after them there, and one would hear what the other does not see.
"""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "bg": "нула, едно, две, три, четири, пет, шест, седем, осем, девет",
    "cs": "nula, jedna, dva, tři, čtyři, pět, šest, sedm, osm, devět",
    "da": "nul, en, to, tre, fire, fem, seks, syv, otte, ni",
    "de": "null, eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun",
    "et": "null, üks, kaks, kolm, neli, viis, kuus, seitse, kaheksa, üheksa",
    "el": "μηδέν, ένα, δύο, τρία, τέσσερα, πέντε, έξι, επτά, οκτώ, εννέα",
    "en": "zero, one, two, three, four, five, six, seven, eight, nine",
    "es": "cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve",
    "fr": "zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf",
    "ga": "a náid, a haon, a dó, a trí, a ceathair, a cúig, a sé, a seacht, a hocht, a naoi",
    "hr": "nula, jedan, dva, tri, četiri, pet, šest, sedam, osam, devet",
    "it": "zero, uno, due, tre, quattro, cinque, sei, sette, otto, nove",
    "lv": "nulle, viens, divi, trīs, četri, pieci, seši, septiņi, astoņi, deviņi",
    "lt": "nulis, vienas, du, trys, keturi, penki, šeši, septyni, aštuoni, devyni",
    "hu": "nulla, egy, kettő, három, négy, öt, hat, hét, nyolc, kilenc",
    "mt": "żero, wieħed, tnejn, tlieta, erbgħa, ħamsa, sitta, sebgħa, tmienja, disgħa",
    "nl": "nul, één, twee, drie, vier, vijf, zes, zeven, acht, negen",
    "pl": "zero, jeden, dwa, trzy, cztery, pięć, sześć, siedem, osiem, dziewięć",
    "pt": "zero, um, dois, três, quatro, cinco, seis, sete, oito, nove",
    "ro": "zero, unu, doi, trei, patru, cinci, șase, șapte, opt, nouă",
    "sk": "nula, jeden, dva, tri, štyri, päť, šesť, sedem, osem, deväť",
    "sl": "nič, ena, dve, tri, štiri, pet, šest, sedem, osem, devet",
    "fi": "nolla, yksi, kaksi, kolme, neljä, viisi, kuusi, seitsemän, kahdeksan, yhdeksän",
    "sv": "noll, ett, två, tre, fyra, fem, sex, sju, åtta, nio",
}
"""By the code of the language, from zero to nine."""


def aloud(digits: str, language: str) -> str:
    """Decimal digits as they are read one by one: `4815` is `four, eight, one, five`."""
    words = WORDS[language].split(", ")
    return ", ".join(words[int(digit)] for digit in digits)

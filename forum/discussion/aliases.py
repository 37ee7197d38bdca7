"""The names that people bear where they write without their own: plants, which tell nothing. Pure data."""

from __future__ import annotations

_NAMES = """
Ahorn Akazie Akelei Amarant Anemone Anis Aprikose Aster Basilikum Beinwell Birke Birne Borretsch Brombeere
Buche Dahlie Dattel Dill Distel Eberesche Efeu Eibe Eiche Enzian Erle Esche Estragon Feige Fenchel Flieder
Farn Ginster Granatapfel Hainbuche Hasel Heide Hibiskus Holunder Hopfen Iris Jasmin Johannisbeere Kamille
Kapuzinerkresse Kastanie Kerbel Kiefer Klee Koriander Kornblume Krokus Lavendel Lein Liguster Lilie Linde
Lorbeer Lupine Malve Mandel Margerite Maulbeere Melisse Minze Mispel Mohn Myrte Narzisse Nelke Olive
Orchidee Oregano Pappel Pfingstrose Pinie Platane Primel Quendel Quitte Ringelblume Robinie Rosmarin Safran
Salbei Sanddorn Schafgarbe Schlehe Sesam Sonnenblume Sumach Tamariske Tanne Thymian Tulpe Ulme Veilchen
Wacholder Walnuss Weide Weinrebe Wermut Ysop Zaatar Zeder Zimt Zistrose Zitrone Zypresse
"""
PLANTS = tuple(_NAMES.split())


def name_at(position: int) -> str:
    """The name at a place of an endless list: the plants, then the plants with numbers."""
    round_, place = divmod(position, len(PLANTS))
    return PLANTS[place] if round_ == 0 else f"{PLANTS[place]} {round_ + 1}"

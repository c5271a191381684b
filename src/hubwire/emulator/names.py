"""Invented people and businesses for seeds."""

FIRST = (
    "Ada", "Aïcha", "Álvaro", "Björn", "Chloé", "Dmytro", "Elif", "Farah", "Giorgos", "Hana", "Ines", "Jörg",
    "Kwame", "Łucja", "Mateo", "Nadia", "Olu", "Priya", "Quentin", "Rosa", "Siân", "Tomasz", "Uma", "Viktor",
    "Wen", "Xavier", "Yuki", "Zoë",
)  # fmt: skip
LAST = (
    "Abebe", "Andersson", "Becker", "Castillo", "Dubois", "Eriksen", "Fernández", "García", "Haddad",
    "Ivanova", "Jansen", "Kowalska", "Lefèvre", "Müller", "Nguyễn", "O'Brien", "Özdemir", "Papadopoulos",
    "Quist", "Rossi", "Schäfer", "Tanaka", "Ueda", "Vargas", "Williams", "Xu", "Yılmaz", "Zhang",
)  # fmt: skip
NOUNS = (
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper", "Köhler",
    "Lumen", "Meadow", "Northwind", "Orchid", "Pebble", "Quartz", "River", "Summit", "Tundra",
)  # fmt: skip
TRADES = (
    "Analytics", "Bakery", "Ceramics", "Design", "Energy", "Foods", "Garden Supply", "Hotels", "Instruments",
    "Joinery", "Logistics", "Media", "Tools", "Travel",
)  # fmt: skip
TITLES = ("Buyer", "Chief Executive", "Developer", "Engineer", "Head of Purchasing", "Owner", "Sales Manager")
CITIES = (
    ("Amsterdam", "Netherlands"), ("Besançon", "France"), ("Boston", "United States"), ("Dublin", "Ireland"),
    ("Görlitz", "Germany"), ("Lagos", "Nigeria"), ("Osaka", "Japan"), ("São Paulo", "Brazil"),
    ("Sydney", "Australia"), ("Łódź", "Poland"),
)  # fmt: skip
INDUSTRIES = ("ACCOUNTING", "BANKING", "COMPUTER_SOFTWARE", "CONSTRUCTION", "HOSPITALITY", "RETAIL")

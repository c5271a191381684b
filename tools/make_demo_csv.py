"""Writes the 5,000 customers that `hubwire demo` pushes: python tools/make_demo_csv.py [--check]

The same file every time. Every address is under a name reserved for documentation and tests (RFC 2606), no
person in it exists. What is wrong in it is wrong on purpose: it shows what a push says about such rows.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import unicodedata
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "hubwire" / "cli" / "data" / "customers.csv"
ROWS, PEOPLE, COMPANIES = 5_000, 4_860, 640

HEADER = (
    *("Email", "First Name", "Last Name", "Job Title", "Phone Number", "City", "Country/Region"),
    *("Lifecycle Stage", "customer_since", "product_interests", "Loyalty Card", "Shoe Size"),
    *("company.domain", "company.name", "company.industry", "company.city"),
)

PEOPLES = (
    # country, cities, given names, family names
    (
        "Germany",
        "Köln Görlitz Lübeck",
        "Jörg Käthe Anneliese Günther Märta",
        "Müller Weiß Größmann Schäfer Köhler",
    ),
    (
        "France",
        "Orléans Nîmes Besançon",
        "Zoé François Hélène Benoît Chloé",
        "Lefèvre Garçon Noël Bœuf d’Aubigné",
    ),
    ("Poland", "Łódź Kraków Gdańsk", "Łukasz Żaneta Świętosława Michał", "Wójcik Żółkiewski Dąbrowska Łęcka"),
    ("Czechia", "Plzeň Děčín Třebíč", "Jiří Šárka Žofie Ondřej", "Dvořák Řeháček Šťastná Černý"),
    ("Turkey", "İzmir Eskişehir Muğla", "Işıl Çağla İbrahim Şule", "Yılmaz Öztürk Çelik Güneş"),
    ("Iceland", "Reykjavík Ísafjörður", "Þóra Ægir Björk Guðrún", "Þorsteinsdóttir Sigurðsson Ólafsdóttir"),
    ("Vietnam", "Huế Cần_Thơ", "Nguyệt Hưởng Trần Đức", "Nguyễn Phạm Đặng Trương"),
    ("Greece", "Αθήνα Θεσσαλονίκη Πάτρα", "Ελένη Γιώργος Αθηνά Νίκος", "Παπαδόπουλος Οικονόμου Ιωάννου"),
    ("Ukraine", "Київ Львів Харків", "Олена Тарас Ївга Ґалаґан", "Шевченко Ковальчук Їжакевич"),
    ("Bulgaria", "София Пловдив Варна", "Иван Мария Георги Цветелина", "Иванов Димитрова Стоянов"),
    ("Georgia", "თბილისი ბათუმი", "ნინო გიორგი ქეთევან", "ბერიძე კაპანაძე გელაშვილი"),
    ("Armenia", "Երևան Գյումրի", "Արամ Անահիտ Տիգրան", "Սարգսյան Հակոբյան"),
    ("Israel", "חיפה ירושלים", "נועה יעל אברהם", "כהן לוי מזרחי"),
    ("Egypt", "القاهرة الإسكندرية", "فاطمة محمد ليلى", "حسن عبد_الله المصري"),
    ("Iran", "تهران شیراز", "آرش پروین ژاله", "احمدی کریمی"),
    ("India", "मुंबई दिल्ली जयपुर", "अदिति राहुल प्रिया", "शर्मा पटेल सिंह"),
    ("India", "சென்னை மதுரை", "கவிதா முருகன்", "சுப்பிரமணியம் இராமன்"),
    ("Thailand", "กรุงเทพ เชียงใหม่", "สมชาย มาลี", "ศรีสุข วงศ์ไทย"),
    ("China", "北京 上海 成都", "伟 秀英 小龙", "王 李 欧阳"),
    ("Japan", "東京 大阪 札幌", "さくら 健太 ユウコ", "佐藤 高橋 渡邉"),
    ("South Korea", "서울 부산", "지민 서연", "김 박 남궁"),
    ("Ethiopia", "አዲስ_አበባ", "ሰላም አበበ", "ተስፋዬ ከበደ"),
    ("Nigeria", "Ìbàdàn Lagos", "Adébáyọ̀ Chịnyere", "Okónkwọ Ọláńrewájú"),
    ("United States", "Boise Tucson Albany", "Ada Grace Noor José Renée", "O'Hara Smith-Jones Ng Peña"),
    ("Brazil", "São_Paulo Brasília", "João Conceição Antônio", "Gonçalves Araújo Magalhães"),
)

DOMAINS = ("example.com", "example.org", "example.net")
TITLES = ("Head of Purchasing", "Buyer", "Owner", "CTO", "Office Manager", "Engineer", "", "")
STAGES = ("Lead", "lead", "Customer", "customer", "Subscriber", "Opportunity", "", "")
# Every tenth person is in the demo account already, and may work at any of its companies, which are all under
# example.com; HubSpot moves a lifecycle stage only forward. So that each run of the demo reports the same:
LAST_STAGES = ("Customer", "customer", "")
NOBODY = ["", "", "", ""]
INTERESTS = ("Hardware", "software", "Training", "support", "Consulting")
INDUSTRIES = ("COMPUTER_SOFTWARE", "Retail", "BANKING", "Machinery", "CONSTRUCTION", "")
KINDS = ("Bakery", "Works", "Logistics", "Design", "Foods", "Tools", "Press", "Optics")

BAD_EMAILS = (
    "{0}",
    "{0}@",
    "@example.com",
    "{0}@@example.com",
    "{0}@example",
    "{0} at example.com",
    "{0},x@example.com",
)

BAD_DATES = ("31/12/2024", "yesterday", "2024-02-30")
BAD_INTERESTS = ("Astrology", "Alchemy")


def people(source: random.Random) -> list[list[str]]:
    """One clean row per person."""
    companies = [company(source, number) for number in range(COMPANIES)]
    return [person(source, number, companies) for number in range(PEOPLE)]


def company(source: random.Random, number: int) -> list[str]:
    _, cities, _, families = source.choice(PEOPLES)
    name = f"{source.choice(families.split())} {source.choice(KINDS)}".replace("_", " ")
    domain = f"firm{number:03d}.{source.choice(DOMAINS)}"
    return [domain, name, source.choice(INDUSTRIES), source.choice(cities.split()).replace("_", " ")]


def person(source: random.Random, number: int, companies: list[list[str]]) -> list[str]:
    country, cities, given, family = source.choice(PEOPLES)
    works_at = source.choice(companies) if source.random() < 0.8 else NOBODY
    if number % 10 == 0 and works_at[0].endswith(".example.com"):
        works_at = NOBODY
    phone = f"+1 202 555 01{source.randrange(100):02d}" if source.random() < 0.6 else ""
    since = f"20{source.randrange(10, 26)}-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}"
    interests = source.sample(INTERESTS, source.randrange(4))
    words = [source.choice(each.split()).replace("_", " ") for each in (given, family, cities)]
    return [
        f"customer{number:04d}@{source.choice(DOMAINS)}",
        *words[:2],
        source.choice(TITLES),
        phone,
        words[2],
        country,
        source.choice(STAGES if number % 10 else LAST_STAGES),
        since if source.random() < 0.8 else "",
        source.choice((";", "; ", "|", ", ")).join(interests),
        f"LC-{source.randrange(10**6):06d}" if source.random() < 0.5 else "",
        str(source.randrange(36, 47)),
        *works_at,
    ]


def repeated(source: random.Random, row: list[str]) -> list[str]:
    """The same person once more, the address written otherwise; every third time something has changed."""
    email = source.choice((row[0].upper(), row[0].capitalize(), f" {row[0]} "))
    again = [email, *row[1:]]
    if source.random() < 1 / 3:
        again[3] = "Managing Director"
    return again


def spoiled(row: list[str], number: int) -> list[str]:
    """A row that HubSpot refuses."""
    bad = list(row)
    name = f"refused{number:02d}"
    if number % 5 == 4:
        bad[0], bad[9] = f"{name}@example.com", BAD_INTERESTS[number // 5 % len(BAD_INTERESTS)]
    elif number % 5 == 3:
        bad[0], bad[8] = f"{name}@example.com", BAD_DATES[number // 5 % len(BAD_DATES)]
    else:
        bad[0] = BAD_EMAILS[number % len(BAD_EMAILS)].format(name)
    return bad


def rows() -> list[list[str]]:
    """All rows, in file order."""
    source = random.Random("hubwire demo")
    clean = people(source)
    again = [repeated(source, source.choice(clean[:2_000])) for _ in range(80)]
    bad = [spoiled(source.choice(clean), number) for number in range(50)]
    nameless = [["", *source.choice(clean)[1:]] for _ in range(ROWS - PEOPLE - len(again) - len(bad))]
    later = again + bad + nameless
    everything = clean[:2_000]
    rest = clean[2_000:] + later
    source.shuffle(rest)
    # Some people type accents as separate characters: a push composes them.
    return [
        [unicodedata.normalize("NFD", cell) if index % 37 == 0 else cell for cell in row]
        for index, row in enumerate(everything + rest)
    ]


def text() -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())
    return out.getvalue()


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") == text():
            return 0
        print(
            f"{TARGET} is not what {Path(__file__).name} writes. Run it again without --check.",
            file=sys.stderr,
        )
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

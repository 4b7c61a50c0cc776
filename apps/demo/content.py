"""What the demo shop holds, as plain data."""

from decimal import Decimal
from typing import Any

BRANCHES = [
    {"name": "Harbour Street", "code": "HAR", "address": "12 Harbour Street", "city": "Bristol", "country": "United Kingdom",
     "phone_number": "+441174960101", "email": "harbour@demo.example", "manager_name": "Maya Chen",
     "timezone": "Europe/London"},
    {"name": "Station Arcade", "code": "STA", "address": "Unit 4, Station Arcade", "city": "Bath",
     "country": "United Kingdom", "phone_number": "+441225496010", "email": "station@demo.example",
     "manager_name": "Samuel Okafor", "timezone": "Europe/London"},
]  # fmt: skip

# email name, first name, last name, role, branch codes; the first of each role is the login that is printed
STAFF = [
    ("admin", "Ada", "Lindqvist", "admin", []),
    ("manager", "Maya", "Chen", "manager", ["HAR"]),
    ("technician", "Tomás", "Ferreira", "technician", ["HAR"]),
    ("seller", "Sofia", "Rossi", "seller", ["HAR"]),
    ("technician2", "Yuki", "Tanaka", "technician", ["HAR", "STA"]),
    ("manager2", "Samuel", "Okafor", "manager", ["STA"]),
    ("technician3", "Ola", "Nowak", "technician", ["STA"]),
    ("seller2", "Priya", "Nair", "seller", ["STA"]),
]

# first name, last name, phone, email, locale; the first one has the customer's login
CUSTOMERS = [
    ("Casey", "Morgan", "+447700900101", "customer@demo.example", "en"),
    ("ليلى", "حداد", "+447700900102", "layla.haddad@mail.example", "ar"),
    ("Jürgen", "Müller", "+4915112345678", "j.mueller@mail.example", "de"),
    ("Aoife", "O’Brien", "+353871234567", "aoife.obrien@mail.example", "en"),
    ("Wei", "Zhang", "+447700900105", "", "zh"),
    ("Fatima", "Al-Sayed", "+447700900106", "fatima@mail.example", "en"),
    ("Lucas", "García", "+34612345678", "lucas.garcia@mail.example", "es"),
    ("Nina", "Petrova", "+447700900108", "nina.petrova@mail.example", "en"),
    ("Harbour View", "Hotel", "+441174960200", "it@harbourview.example", "en"),
    ("Oskar", "Lindholm", "+447700900110", "", "sv"),
]

# brand, name, number, year, type, screen, tier, aliases
MODELS = [
    ("Apple", "iPhone 11", "A2221", 2019, "phone", "6.1", 2, ["A2111", "A2223"]),
    ("Apple", "iPhone 12", "A2403", 2020, "phone", "6.1", 2, ["A2172", "A2402"]),
    ("Apple", "iPhone 13", "A2633", 2021, "phone", "6.1", 2, ["A2482", "A2631"]),
    ("Apple", "iPhone 14 Pro", "A2890", 2022, "phone", "6.1", 1, ["A2650", "A2889"]),
    ("Apple", "iPad 9", "A2602", 2021, "tablet", "10.2", 2, ["iPad 10.2 2021", "A2604"]),
    ("Apple", "MacBook Air 13 M1", "A2337", 2020, "laptop", "13.3", 2, []),
    ("Samsung", "Galaxy S21", "SM-G991B", 2021, "phone", "6.2", 1, ["S21 5G"]),
    ("Samsung", "Galaxy S23 Ultra", "SM-S918B", 2023, "phone", "6.8", 1, []),
    ("Samsung", "Galaxy A52", "SM-A525F", 2021, "phone", "6.5", 2, ["A52 4G"]),
    ("Samsung", "Galaxy A13", "SM-A135F", 2022, "phone", "6.6", 3, []),
    ("Google", "Pixel 6", "GB7N6", 2021, "phone", "6.4", 2, ["oriole"]),
    ("Google", "Pixel 8", "GKWS6", 2023, "phone", "6.2", 1, ["shiba"]),
    ("Xiaomi", "Redmi Note 11", "2201117TG", 2022, "phone", "6.43", 3, ["spes"]),
    ("Huawei", "P30 Lite", "MAR-LX1A", 2019, "phone", "6.15", 2, []),
    ("Lenovo", "ThinkPad T14 Gen 2", "20W0", 2021, "laptop", "14", 2, ["T14 G2"]),
]  # fmt: skip

REPAIR_TYPES = [
    ("Screen replacement", "Display and touch panel as one unit."),
    ("Battery replacement", "With health check before and after."),
    ("Charging port repair", "Cleaning, or a new port."),
    ("Rear camera replacement", ""),
    ("Back cover replacement", ""),
    ("Water damage treatment", "Cleaning and diagnosis; no promise of success."),
    ("Diagnosis", "Finding out what is wrong."),
    ("Software restore", "System installed anew, data saved where possible."),
]

# name, quality, level, warranty months
PART_TYPES = [
    ("Display", "original", 10, 12),
    ("Display", "aftermarket_premium", 7, 6),
    ("Display", "aftermarket_standard", 5, 3),
    ("Battery", "original", 10, 12),
    ("Battery", "aftermarket_premium", 7, 6),
    ("Charging port", "aftermarket_premium", 7, 6),
    ("Camera", "original", 10, 12),
    ("Back cover", "aftermarket_standard", 5, 3),
]

CATEGORIES = [("Displays", None), ("Phone displays", "Displays"), ("Batteries", None), ("Small parts", None)]

# sku, name, category, price, cost, reorder level, reorder quantity, part type and quality, models, stock at HAR and STA:
# how many units there are, or the serial numbers of an item whose units are known one by one
ITEMS: list[tuple[Any, ...]] = [
    ("DSP-IP11-P", "iPhone 11 display, premium", "Phone displays", Decimal("69.00"), Decimal("31.50"), 2, 5,
     ("Display", "aftermarket_premium"), ["iPhone 11"], 6, 3),
    ("DSP-IP12-O", "iPhone 12 display, original", "Phone displays", Decimal("189.00"), Decimal("128.00"), 1, 3,
     ("Display", "original"), ["iPhone 12"], 3, 2),
    ("DSP-IP13-P", "iPhone 13 display, premium", "Phone displays", Decimal("109.00"), Decimal("58.00"), 2, 4,
     ("Display", "aftermarket_premium"), ["iPhone 13"], 4, 1),
    ("DSP-S21-O", "Galaxy S21 display, original", "Phone displays", Decimal("179.00"), Decimal("121.00"), 1, 2,
     ("Display", "original"), ["Galaxy S21"], 2, 1),
    ("DSP-IP14P-O", "iPhone 14 Pro display, original", "Phone displays", Decimal("329.00"), Decimal("239.00"), 1, 2,
     ("Display", "original"), ["iPhone 14 Pro"], ["F7X3140Q82", "F7X3140Q97"], ["F7X3152K04"]),
    ("DSP-A52-S", "Galaxy A52 display, standard", "Phone displays", Decimal("79.00"), Decimal("38.00"), 2, 4,
     ("Display", "aftermarket_standard"), ["Galaxy A52"], 5, 4),
    ("BAT-IP11-P", "iPhone 11 battery, premium", "Batteries", Decimal("34.00"), Decimal("11.20"), 4, 10,
     ("Battery", "aftermarket_premium"), ["iPhone 11"], 12, 8),
    ("BAT-IP13-O", "iPhone 13 battery, original", "Batteries", Decimal("59.00"), Decimal("32.00"), 3, 6,
     ("Battery", "original"), ["iPhone 13"], 7, 4),
    ("BAT-PX6-P", "Pixel 6 battery, premium", "Batteries", Decimal("39.00"), Decimal("14.50"), 2, 4,
     ("Battery", "aftermarket_premium"), ["Pixel 6"], 1, 3),
    ("PRT-USBC-A", "USB-C port board, Galaxy A series", "Small parts", Decimal("24.00"), Decimal("6.80"), 3, 10,
     ("Charging port", "aftermarket_premium"), ["Galaxy A52", "Galaxy A13"], 9, 9),
    ("CAM-IP14P-O", "iPhone 14 Pro rear camera, original", "Small parts", Decimal("149.00"), Decimal("98.00"), 1, 2,
     ("Camera", "original"), ["iPhone 14 Pro"], 0, 1),
    ("BCK-S23U-S", "Galaxy S23 Ultra back cover", "Small parts", Decimal("45.00"), Decimal("15.00"), 1, 3,
     ("Back cover", "aftermarket_standard"), ["Galaxy S23 Ultra"], 3, 2),
    ("BRD-MBA13-R", "MacBook Air 13 M1 logic board, refurbished", "Small parts", Decimal("389.00"), Decimal("265.00"), 0, 1,
     None, ["MacBook Air 13 M1"], ["C02G81XTQ6L4"], []),
    ("ADH-UNI", "Adhesive kit, universal", "Small parts", Decimal("4.00"), Decimal("0.85"), 20, 100, None, [], 140, 95),
]  # fmt: skip

# name, contact, email, phone, our account there, currency or None for the shop's, days until it delivers
SUPPLIERS = [
    ("Avon Phone Parts", "Gareth Pugh", "orders@avonparts.example", "+441174960300", "AV-2207", None, 3),
    ("Rheinland Display GmbH", "Anke Vogel", "vertrieb@rheinland-display.example", "+4922112345670", "40118", "EUR", 7),
]

# what one unit of a supplier's currency costs in the shop's
EXCHANGE_RATES = {"EUR": Decimal("1.09")}

# supplier, item, its number there, cost, pack, smallest quantity; the first supplier of an item is preferred
OFFERS = [
    ("Avon Phone Parts", "BAT-IP11-P", "B-1101", Decimal("11.20"), 5, 5),
    ("Avon Phone Parts", "BAT-IP13-O", "B-1301", Decimal("32.00"), 1, 1),
    ("Avon Phone Parts", "BAT-PX6-P", "B-6006", Decimal("14.50"), 1, 2),
    ("Avon Phone Parts", "PRT-USBC-A", "P-0052", Decimal("6.80"), 5, 5),
    ("Avon Phone Parts", "CAM-IP14P-O", "C-1411", Decimal("98.00"), 1, 1),
    ("Avon Phone Parts", "BCK-S23U-S", "K-2318", Decimal("15.00"), 1, 1),
    ("Avon Phone Parts", "ADH-UNI", "Z-0001", Decimal("0.85"), 50, 50),
    ("Rheinland Display GmbH", "DSP-IP11-P", "RD-61-11", Decimal("28.90"), 1, 2),
    ("Rheinland Display GmbH", "DSP-IP12-O", "RD-61-12", Decimal("117.40"), 1, 1),
    ("Rheinland Display GmbH", "DSP-IP13-P", "RD-61-13", Decimal("53.20"), 1, 2),
    ("Rheinland Display GmbH", "DSP-IP14P-O", "RD-61-14P", Decimal("219.00"), 1, 1),
    ("Rheinland Display GmbH", "DSP-S21-O", "RD-62-21", Decimal("111.00"), 1, 1),
    ("Rheinland Display GmbH", "DSP-A52-S", "RD-65-52", Decimal("34.80"), 1, 2),
    ("Avon Phone Parts", "DSP-IP11-P", "D-1102", Decimal("33.00"), 1, 1),
]

# supplier, branch, what was ordered, what of it has come
PURCHASES = [
    ("Rheinland Display GmbH", "HAR", [("DSP-IP13-P", 4), ("DSP-A52-S", 2)], {"DSP-IP13-P": 2}),
]

# from, to, why, item with quantity or serial numbers, whether it is under way
TRANSFERS: list[tuple[str, str, str, list[tuple[str, int | list[str]]], bool]] = [
    ("STA", "HAR", "For Saturday; with the morning van.", [("DSP-A52-S", 2), ("DSP-IP14P-O", ["F7X3152K04"])], True),
    ("HAR", "STA", "They are low on kits.", [("ADH-UNI", 30)], False),
]

# branch, category, what has been counted so far: item and units
COUNT = ("HAR", "Batteries", [("BAT-IP11-P", 11), ("BAT-IP13-O", 6)])

# branch, percent on top of the list, step that prices are rounded to
BRANCH_RULES = [("STA", Decimal(5), Decimal(1))]

# What a part's new cost proposes as the price of the repair: 89.00, not 87.40.
MARGIN_RULE = {
    "markup_percent": Decimal(40), "labour_amount": Decimal("35.00"), "minimum_price": Decimal("39.00"),
    "rounding_step": Decimal(10), "rounding_ending": Decimal(-1),
}  # fmt: skip

# model, level, what the counter has to know
NOTICES = [
    ("iPhone 13", "warning", "Moving Face ID parts ends Face ID: test it at the counter, and again at hand-over."),
    ("Galaxy S21", "note", "The frame comes with the display; tell the owner that the side keys are new as well."),
]

# name, stage, kind of device or none, questions with their kind and whether they must be answered
CHECKLISTS = [
    ("Condition of a phone", "intake", "phone", [
        ("Does it turn on?", "yes_no", True), ("Does the touch screen answer everywhere?", "yes_no", False),
        ("Do both cameras focus?", "yes_no", False), ("Is there moisture behind the glass?", "yes_no", False),
        ("Battery health in %", "number", False), ("Scratches and dents", "text", False),
    ]),
    ("Condition of a laptop", "intake", "laptop", [
        ("Does it turn on?", "yes_no", True), ("Do all keys work?", "yes_no", False),
        ("Does the battery charge?", "yes_no", False), ("Are the hinges tight?", "yes_no", False),
        ("Scratches and dents", "text", False),
    ]),
    ("Check before the hand-over", "quality", "", [
        ("Is the fault gone?", "yes_no", True), ("Does it charge?", "yes_no", True),
        ("Do sound, cameras and radio work?", "yes_no", False), ("Is it clean?", "yes_no", False),
    ]),
]  # fmt: skip

# model, repair type, part type and quality or None, price, cost
PRICES = [
    ("iPhone 11", "Screen replacement", ("Display", "aftermarket_premium"), Decimal("119.00"), Decimal("46.50")),
    ("iPhone 11", "Battery replacement", ("Battery", "aftermarket_premium"), Decimal("59.00"), Decimal("21.20")),
    ("iPhone 12", "Screen replacement", ("Display", "original"), Decimal("259.00"), Decimal("143.00")),
    ("iPhone 13", "Screen replacement", ("Display", "aftermarket_premium"), Decimal("169.00"), Decimal("73.00")),
    ("iPhone 13", "Battery replacement", ("Battery", "original"), Decimal("89.00"), Decimal("42.00")),
    ("iPhone 14 Pro", "Rear camera replacement", ("Camera", "original"), Decimal("219.00"), Decimal("113.00")),
    ("Galaxy S21", "Screen replacement", ("Display", "original"), Decimal("249.00"), Decimal("136.00")),
    (
        "Galaxy S23 Ultra",
        "Back cover replacement",
        ("Back cover", "aftermarket_standard"),
        Decimal("89.00"),
        Decimal("27.00"),
    ),
    ("Galaxy A52", "Screen replacement", ("Display", "aftermarket_standard"), Decimal("129.00"), Decimal("53.00")),
    (
        "Galaxy A52",
        "Charging port repair",
        ("Charging port", "aftermarket_premium"),
        Decimal("59.00"),
        Decimal("14.80"),
    ),
    (
        "Galaxy A13",
        "Charging port repair",
        ("Charging port", "aftermarket_premium"),
        Decimal("55.00"),
        Decimal("14.80"),
    ),
    ("Pixel 6", "Battery replacement", ("Battery", "aftermarket_premium"), Decimal("79.00"), Decimal("24.50")),
    ("iPhone 11", "Diagnosis", None, Decimal("25.00"), None),
    ("iPhone 12", "Water damage treatment", None, Decimal("59.00"), None),
    ("ThinkPad T14 Gen 2", "Diagnosis", None, Decimal("35.00"), None),
    ("MacBook Air 13 M1", "Diagnosis", None, Decimal("35.00"), None),
]

# customer number, branch, model, repair type, part, item, fault, status to reach, days ago, priority, notes
ORDERS = [
    (0, "HAR", "iPhone 13", "Screen replacement", ("Display", "aftermarket_premium"), "DSP-IP13-P",
     "Dropped on the pavement; the glass is cracked across the upper half, touch works.", "in_progress", 2, "normal"),
    (1, "HAR", "Galaxy A52", "Charging port repair", ("Charging port", "aftermarket_premium"), "PRT-USBC-A",
     "Charges only when the cable is held at an angle.", "pending", 0, "normal"),
    (2, "HAR", "iPhone 12", "Screen replacement", ("Display", "original"), "DSP-IP12-O",
     "Green line down the right side since yesterday.", "awaiting_approval", 1, "urgent"),
    (3, "HAR", "iPhone 14 Pro", "Rear camera replacement", ("Camera", "original"), "CAM-IP14P-O",
     "Rear camera shakes and hums.", "waiting_parts", 4, "normal"),
    (4, "HAR", "Pixel 6", "Battery replacement", ("Battery", "aftermarket_premium"), "BAT-PX6-P",
     "Battery lasts half a day and the back is warm.", "completed", 3, "normal"),
    (5, "HAR", "iPhone 11", "Battery replacement", ("Battery", "aftermarket_premium"), "BAT-IP11-P",
     "Shuts down at thirty percent.", "ready_pickup", 5, "express"),
    (6, "HAR", "iPhone 11", "Screen replacement", ("Display", "aftermarket_premium"), "DSP-IP11-P",
     "Screen black after a fall, phone vibrates.", "delivered", 12, "normal"),
    (7, "HAR", "MacBook Air 13 M1", "Diagnosis", None, None,
     "Does not turn on since coffee was spilled beside it.", "cancelled", 6, "normal"),
    (8, "STA", "ThinkPad T14 Gen 2", "Diagnosis", None, None,
     "Fan always at full speed, screen flickers at the docking station.", "in_progress", 1, "normal"),
    (9, "STA", "Galaxy S21", "Screen replacement", ("Display", "original"), "DSP-S21-O",
     "Touch does not answer along the lower edge.", "pending", 0, "urgent"),
    (8, "STA", "iPad 9", "Diagnosis", None, None,
     "Stays at the logo; the reception uses it for check-in.", "awaiting_approval", 2, "express"),
    (0, "STA", "Galaxy S23 Ultra", "Back cover replacement", ("Back cover", "aftermarket_standard"), "BCK-S23U-S",
     "Back glass shattered, everything else works.", "delivered", 20, "normal"),
]  # fmt: skip

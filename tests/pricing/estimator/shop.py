"""A made-up shop whose prices follow a rule, so that a test knows what an estimate should be."""

from apps.pricing.estimator import DeviceFacts, Job, KnownPrice

REPAIRS = {"screen": 1.0, "battery": 0.4, "camera": 0.6}
VARIANTS = {"": 1.0, "Pro": 1.3, "Lite": 0.8}
QUALITIES = {"original": 1.0, "aftermarket_standard": 0.7}


def phone(number: int, variant: str = "", brand: str = "Acme", **facts: object) -> DeviceFacts:
    name = f"Star {number} {variant}".strip()
    known = {"device_type": "phone", "release_year": 2008 + number, **facts}
    return DeviceFacts(key=f"{brand} {name}", brand=brand, name=name, **known)  # type: ignore[arg-type]


def job(device: DeviceFacts, repair: str = "screen", quality: str = "original", part: str = "") -> Job:
    return Job(device, repair, repair.title(), part, part, quality)


def rule(number: int, variant: str = "", repair: str = "screen", quality: str = "original") -> float:
    """The price of the shop's rule, in whole fives."""
    raw = (40 + 20 * number) * VARIANTS[variant] * REPAIRS[repair] * QUALITIES[quality]
    return float(5 * round(raw / 5))


def known(
    device: DeviceFacts, price: float, repair: str = "screen", quality: str = "original", **more: object
) -> KnownPrice:
    what = job(device, repair, quality)
    return KnownPrice(f"{device.key}, {repair}, {quality}", what, price, **more)  # type: ignore[arg-type]


def price_list(numbers: range = range(5, 15), *, without: tuple[int, str] | None = None) -> list[KnownPrice]:
    """Three repairs in two qualities of every number and variant."""
    return [
        known(phone(number, variant), rule(number, variant, repair, quality), repair, quality)
        for number in numbers
        for variant in VARIANTS
        if (number, variant) != without
        for repair in REPAIRS
        for quality in QUALITIES
    ]

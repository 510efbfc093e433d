"""Units by their names in English: of length, weight, time, money and so on; the names are those of Recognizers-Text."""

from __future__ import annotations

import re

# name of the unit: its other names, parted by "|"; plurals are added. One dimension a table.
DIMENSIONS: dict[str, dict[str, str]] = {
    "Length": {
        "Kilometer": "km|kms|kilometre|kilo meter|kilo metre", "Hectometer": "hm|hectometre", "Decameter": "dam|decametre",
        "Meter": "m|metre", "Decimeter": "dm|decimetre", "Centimeter": "cm|centimetre", "Millimeter": "mm|millimetre",
        "Micrometer": "µm|μm|um|micrometre|micron", "Nanometer": "nm|nanometre", "Picometer": "pm|picometre",
        "Mile": "mi", "Yard": "yd", "Inch": "in.|inches", "Foot": "ft|feet", "Light year": "light-year|ly",
        "Nautical mile": "nmi", "Fathom": "",
    },
    "Area": {
        "Square kilometer": "km2|km²|km^2|sq km|square kilometre|sq. km", "Hectare": "ha", "Acre": "",
        "Square meter": "m2|m²|m^2|sq m|sqm|square metre|sq. m", "Square centimeter": "cm2|cm²|cm^2|sq cm|square centimetre",
        "Square millimeter": "mm2|mm²|mm^2|sq mm|square millimetre", "Square inch": "sq in|square inches|sqin|sq. in",
        "Square foot": "sq ft|sqft|square feet|ft2|ft²|ft^2|sq. ft", "Square mile": "sq mi|sqmi|mi2|mi²|mi^2",
        "Square yard": "sq yd|sqyd|yd2|yd²|yd^2",
    },
    "Volume": {
        "Cubic meter": "m3|m³|m^3|cubic metre|cubic metres", "Cubic centimeter": "cm3|cm³|cubic centimetre|cc|ccm",
        "Cubic kilometer": "km3|km³|cubic kilometre", "Cubic foot": "cubic feet|ft3|ft³", "Cubic inch": "cubic inches",
        "Cubic yard": "", "Cubic mile": "", "Liter": "l|litre", "Milliliter": "ml|mls|millilitre", "Centiliter": "cl|centilitre",
        "Deciliter": "dl|decilitre", "Hectoliter": "hl|hectolitre", "Gallon": "gal", "Pint": "", "Quart": "qt", "Cup": "",
        "Barrel": "bbl", "Fluid ounce": "fl oz|fl. oz|fluid ounces", "Teaspoon": "tsp", "Tablespoon": "tbsp", "Bushel": "",
        "Cord": "", "Hogshead": "",
    },
    "Weight": {
        "Kilogram": "kg|kgs|kilo|kilogramme", "Gram": "g|gr|gramme|gm", "Milligram": "mg|milligramme", "Microgram": "µg|μg|mcg",
        "Metric ton": "metric tonne|t.", "Ton": "tonne", "Pound": "lb|lbs", "Ounce": "oz", "Stone": "st", "Grain": "gr.",
        "Long ton": "", "Short ton": "", "Barrel ": "", "Gallon ": "", "Dram": "", "Pennyweight": "",
    },
    "Speed": {
        "Kilometer per hour": "km/h|kph|kmph|kmh|km/hr|kilometre per hour|kilometers per hour|kilometres per hour"
        "|kilometers an hour|kilometer an hour|kilometres an hour",
        "Mile per hour": "mph|miles per hour|miles an hour|mile an hour|mi/h|mi / h",
        "Meter per second": "m/s|metre per second|meters per second|metres per second|ms^-1",
        "Foot per second": "ft/s|feet per second|foot/s", "Kilometer per second": "km/s|kilometers per second",
        "Kilometer per minute": "km/min", "Foot per minute": "ft/min|feet per minute", "Knot": "kt|kn",
        "Inch per second": "in/s", "Yard per second": "yd/s", "Centimeter per second": "cm/s",
    },
    "Information": {
        "Bit": "", "Byte": "", "Kilobit": "kbit", "Kilobyte": "kb|kbyte", "Megabit": "mbit", "Megabyte": "mb|mbyte",
        "Gigabit": "gbit", "Gigabyte": "gb|gbyte", "Terabit": "tbit", "Terabyte": "tb|tbyte", "Petabit": "pbit",
        "Petabyte": "pb", "Gibibyte": "gib", "Mebibyte": "mib", "Kibibyte": "kib",
    },
    "Power": {"Watt": "w", "Kilowatt": "kw", "Megawatt": "mw", "Gigawatt": "gw", "Horsepower": "hp"},
    "Energy": {"Kilowatt hour": "kwh|kilowatt-hour", "Joule": "j", "Kilojoule": "kj", "Calorie": "cal", "Kilocalorie": "kcal"},
    "Pressure": {"Pascal": "pa", "Hectopascal": "hpa", "Kilopascal": "kpa", "Bar": "", "Millibar": "mbar", "Psi": ""},
    "Frequency": {"Hertz": "hz", "Kilohertz": "khz", "Megahertz": "mhz", "Gigahertz": "ghz"},
    "Voltage": {"Volt": "v", "Millivolt": "mv", "Kilovolt": "kv"},
    "Current": {"Ampere": "amp|a.", "Milliampere": "ma"},
    "Angle": {"Radian": "rad", "Turn": ""},
}  # fmt: skip
TEMPERATURES = {
    "C": "°c|° c|c|celsius|celcius|centigrade|degrees celsius|degree celsius|degrees c|degree c|deg c|degs c|deg celsius"
    "|degrees centigrade|degree centigrade|℃|º c|ºc",
    "F": "°f|° f|f|fahrenheit|degrees fahrenheit|degree fahrenheit|degrees f|degree f|deg f|degs f|deg fahrenheit"
    "|degrees farenheit|farenheit|fahrenheits|℉|º f|ºf",
    "K": "kelvin|kelvins|degrees kelvin|degree kelvin|°k|k.",
    "R": "rankine|degrees rankine|°r",
    "Degree": "°|degrees|degree|deg|degs",
}
# unit: (ISO code, what stands before the number, what stands behind it)
MONEY: dict[str, tuple[str, str, str]] = {
    "Dollar": ("", "$|dollar", "dollar|dollars|$|buck|bucks"),
    "United States dollar": (
        "USD", "us $|us$|us dollar|usd|usd$|u.s. $|u.s $|u.s.$|u.s. dollar|us dollars|u . s . $",
        "us dollar|us dollars|usd|u.s. dollar|u.s. dollars|american dollars|united states dollars|u.s dollars|us$|us $",
    ),
    "Canadian dollar": ("CAD", "c$|c $|ca$|can$|can $|cad|cad$", "canadian dollar|canadian dollars|cad"),
    "Australian dollar": ("AUD", "a$|au$|aud|aud$|australian $", "australian dollar|australian dollars|aud"),
    "New Zealand dollar": ("NZD", "nz$|nz $|nzd", "new zealand dollar|new zealand dollars|nzd"),
    "Hong Kong dollar": ("HKD", "hk$|hk $|hkd", "hong kong dollar|hong kong dollars|hkd"),
    "Singapore dollar": ("SGD", "s$|sgd", "singapore dollar|singapore dollars|sgd"),
    "New Taiwan dollar": ("TWD", "nt$|nt $|twd", "new taiwan dollar|new taiwan dollars|twd"),
    "Euro": ("EUR", "€|eur|euro|euros", "euro|euros|€|eur"),
    "Cent": ("", "¢", "cent|cents|-cents|¢"),
    "Pence": ("", "", "pence|penny|pennies"),
    "Pound": ("", "£", "pound sterling|pounds sterling|£|quid"),
    "British pound": ("GBP", "gbp", "british pound|british pounds|gbp"),
    "Japanese yen": ("JPY", "¥|jpy", "japanese yen|japanese yens|jpy|yen|yens|¥"),
    "Chinese yuan": ("CNY", "cny|rmb", "yuan|yuans|元|rmb|cny|renminbi|chinese yuan"),
    "Swiss franc": ("CHF", "chf|sfr", "swiss franc|swiss francs|chf|sfr"),
    "French franc": ("FRF", "", "french franc|french francs|frf"),
    "Belgian franc": ("BEF", "", "belgian franc|belgian francs"),
    "Franc": ("", "", "franc|francs"),
    "German mark": ("DEM", "dm", "german mark|german marks|deutsche mark|deutsche marks|d-marks|dm"),
    "Finnish markka": ("FIM", "", "markka|finnish markka|markkaa"),
    "Italian lira": ("ITL", "", "italian lira|lire|lira|italian lire"),
    "Indian rupee": ("INR", "₹|inr|rs.|rs|indian rupee", "indian rupee|indian rupees|inr"),
    "Pakistani rupee": ("PKR", "pkr", "pakistani rupee|pakistani rupees|pkr"),
    "Rupee": ("", "", "rupee|rupees"),
    "South Korean won": ("KRW", "₩|krw", "south korean won|korean won|krw|won"),
    "Russian ruble": ("RUB", "₽|rub", "ruble|rubles|rouble|roubles|russian ruble|rub|russian rubles"),
    "Ukrainian hryvnia": ("UAH", "₴|uah", "hryvnia|hryvnias|uah"),
    "Brazilian real": ("BRL", "r$|r $|brl", "brazilian real|brazilian reais|brl|reais"),
    "Mexican peso": ("MXN", "mxn|mex$", "mexican peso|mexican pesos|mxn"),
    "Peso": ("", "", "peso|pesos"),
    "Swedish krona": ("SEK", "sek", "swedish krona|swedish kronor|swedish kronas|sek"),
    "Norwegian krone": ("NOK", "nok", "norwegian krone|norwegian kroner|nok"),
    "Danish krone": ("DKK", "dkk", "danish krone|danish kroner|dkk"),
    "Polish złoty": ("PLN", "pln", "zloty|złoty|zlotys|pln"),
    "Turkish lira": ("TRY", "₺|try", "turkish lira|turkish liras"),
    "Israeli new sheqel": ("ILS", "₪|ils|nis", "shekel|shekels|sheqel|ils|nis"),
    "Thai baht": ("THB", "฿|thb", "baht|bahts|thb"),
    "South African rand": ("ZAR", "zar", "rand|rands|zar"),
    "Costa Rican colón": ("CRC", "₡|crc", "₡|crc|colones"),
    "Vietnamese dong": ("VND", "₫|vnd", "₫|vnd|dong"),
    "Nigerian naira": ("NGN", "₦|ngn", "naira|ngn"),
    "Philippine peso": ("PHP", "₱|php", "philippine pesos|php"),
    "Saudi riyal": ("SAR", "sar", "saudi riyals|saudi riyal|sar"),
    "Egyptian pound": ("EGP", "egp", "egyptian pounds|egyptian pound|egp"),
    "Czech koruna": ("CZK", "czk", "koruna|korunas|czk"),
    "Hungarian forint": ("HUF", "huf", "forint|forints|huf"),
    "Bitcoin": ("", "₿|btc", "bitcoin|bitcoins|btc|₿"),
    "Ethereum": ("", "eth", "ether|ethereum|eth"),
}  # fmt: skip
TIMES = {
    "Second": "s|sec|secs", "Minute": "min|mins", "Hour": "h|hr|hrs", "Day": "d", "Week": "wk|wks",
    "Month": "mo|mos|mon", "Year": "yr|yrs", "Decade": "", "Century": "centuries", "Fortnight": "",
    "Weekend": "", "Night": "", "Millisecond": "ms", "Microsecond": "µs|μs|us", "Nanosecond": "ns", "Quarter": "",
}  # fmt: skip
CASE_SENSITIVE = frozenset(["m", "k", "a.", "v", "w", "j", "g", "l", "t.", "c", "f", "mw", "st", "pm"])


def aliases(units: dict[str, str]) -> dict[str, str]:
    """Every name of the units in small letters, with plurals, and the unit that it means."""
    table: dict[str, str] = {}
    for unit, others in units.items():
        for name in (unit.strip(), *filter(None, others.split("|"))):
            low = name.lower()
            table.setdefault(low, unit.strip())
            if (
                len(low) > 3
                and low.isascii()
                and low[-1].isalpha()
                and low[-1] != "s"
                and not low.endswith(("feet", "hes"))
            ):
                table.setdefault(low + "s", unit.strip())
    return table


def either(names: dict[str, str]) -> str:
    """An alternation of the names, the longest first."""
    return "|".join(re.escape(name).replace(r"\ ", "[ -]?") for name in sorted(names, key=len, reverse=True))

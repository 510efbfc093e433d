"""Units of measure and number words, as alternations for regular expressions."""

from __future__ import annotations

import re

from tamis.text.protect.detection import either_case

MAGNITUDE = either_case("hundred thousand million billion trillion dozen mn bn m k")

# An underscore stands for a blank.
_UNITS = """
    % ‰ °C °F ° percent per_cent percentage_points pp bps basis_points degrees degree Celsius Fahrenheit
    dollars dollar euros euro pounds pound cents cent yen yuan rupees USD EUR GBP JPY CHF CNY $ € £ ¥
    seconds second secs sec minutes minute mins min hours hour hrs hr days day weeks week months month years year
    yrs yr decades decade centuries century ms ns µs μs s h a.m. p.m. am pm a.m p.m AM PM o'clock BC AD BCE CE
    mm cm km m µm nm inches inch feet foot ft yards miles mile metres meters metre meter kilometres kilometers
    light-years acres hectares ha m² km² cm² m³ sq litres liters litre liter ml mL l L gallons cups
    mg kg g µg tonnes tons tonne ton lbs lb oz grams kilograms ounces
    B KB MB GB TB PB kB KiB MiB GiB bit bits byte bytes Kbps Mbps Gbps px dpi fps rpm tokens
    Hz kHz MHz GHz V kV mV W kW MW GW Wh kWh MWh mA J kJ MJ kcal calories N kN Pa kPa MPa bar psi atm dB mol K
    km/h m/s mph kph mg/l g/l mg/kg mpg times x × people
"""

UNITS = "|".join(
    re.escape(unit).replace("_", "[ \u00a0]") for unit in sorted(_UNITS.split(), key=lambda u: (-len(u), u))
)

_SPELLED = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions trillion dozen dozens half twice zero
"""
SPELLED = either_case(_SPELLED)
SPELLED_WORDS = frozenset(_SPELLED.split())
SPELLED_FURTHER = (
    "hundred|thousand|million|billion|trillion|dozen|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty"
    "|fifty|sixty|seventy|eighty|ninety"
)

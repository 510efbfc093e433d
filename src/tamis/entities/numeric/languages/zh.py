"""Chinese numbers, in simplified, traditional and banking characters."""

from tamis.entities.numeric.languages.table import NumberTable, numbered

_DIGITS = numbered("零|〇|○ 一|壹|幺 二|两|兩|贰|貳|貮 三|叁|參|叄 四|肆 五|伍 六|陆|陸 七|柒 八|捌 九|玖", 0)

CHINESE = NumberTable(
    adds=_DIGITS | {"廿": 20, "卅": 30, "几": 0, "幾": 0},
    times={"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1e3, "仟": 1e3},
    scales={
        "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "兆": 1e12, "万亿": 1e12, "萬億": 1e12, "打": 12,
    },
    glue=frozenset(["零", "余", "餘", "多"]),
    points=frozenset(["点", "點"]),
    minus=frozenset(["负", "負"]),
    per=frozenset(["分之"]),
    of=frozenset(["又"]),
    ordinal_prefix=frozenset(["第"]),
    percent_behind=r"[%％]|[个個] *百 *分 *[点點]",
    percent_before=r"百 *分 *之 *$",
    tenths_behind=r"[成折]",
    comma=False,
    joined=True,
    idle=frozenset(["四川", "四周", "四处", "三明治", "一切", "一些", "一般", "一样", "一樣", "一起", "一直", "一定", "一旦", "一致", "一向", "唯一", "统一", "統一", "之一", "万一", "千万别"]),
    alone=frozenset(["几", "幾", *"参參肆伍陆陸柒捌玖", "百", "佰", "千", "仟", "万", "萬", "亿", "億", "兆", "打", "拾", "万亿", "萬億"]),
)  # fmt: skip

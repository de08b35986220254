"""Words and signs of scales, currencies and units in three languages: small letters, no points.

In the lists below a blank parts two names and `_` two words of one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# Kilograms in one of each unit of weight, by the name that is kept. Tons are metric ones, as trade statistics count.
KG_PER: Final[Mapping[str, Decimal]] = {
    "kg": Decimal(1),
    "t": Decimal(1000),
    "g": Decimal("0.001"),
    "mg": Decimal("0.000001"),
    "q": Decimal(100),
    "jin": Decimal("0.5"),
    "lb": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
    "ct": Decimal("0.0002"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """What a word says: of scale, currency, unit or per cent.

    is_weak: a currency that gives way to any other beside it. is_short: a word that may well be something else, so it
    counts only beside a number, alone between brackets or commas, or, of a currency, after its scale.
    """

    scale: int = 0
    currency: str = ""
    unit: str = ""
    is_pct: bool = False
    is_weak: bool = False
    is_short: bool = False


_SCALES: Final = {
    1_000: "thousand thousands thsd тыс тысяча тысячи тысяч тысячах 千 仟",
    10_000: "万 萬",
    100_000: "十万",
    1_000_000: "million millions mln mn mio млн миллион миллиона миллионов миллионах 百万 百萬",
    10_000_000: "千万 千萬",
    100_000_000: "亿 億",
    1_000_000_000: "billion billions bn bln mlrd млрд миллиард миллиарда миллиардов миллиардах 十亿",
    10_000_000_000: "百亿",
    100_000_000_000: "千亿",
    1_000_000_000_000: "trillion trillions trn tln трлн триллион триллиона триллионов 万亿",
}
_SHORT_SCALES: Final = {1_000: "k к ^3", 10_000: "^4", 1_000_000: "^6 mm", 100_000_000: "^8", 1_000_000_000: "^9"}
_CURRENCIES: Final = {
    "USD": "usd us$ us_$ us_dollar us_dollars u_s_dollars u_s_$ dollar dollars долл дол доллар доллара доллары долларов"
    " долларах долл_сша дол_сша доллар_сша доллара_сша доллары_сша долларов_сша долларах_сша $_сша 美元 美金 美圆",
    "EUR": "eur € euro euros евро 欧元 歐元",
    "CNY": "cny rmb cn¥ cnh yuan renminbi юань юаня юани юаней юанях 人民币 人民幣",
    "RUB": "rub rur ₽ ruble rubles rouble roubles руб рубль рубля рубли рублей рублях росс_руб российских_рублей"
    " российский_рубль 卢布 俄罗斯卢布",
    "BYN": "byn бел_руб белорусских_рублей белорусский_рубль 白俄罗斯卢布",
    "KZT": "kzt ₸ tenge тенге теңге тнг тг 坚戈 哈萨克斯坦坚戈",
    "UZS": "uzs soum soums so'm сумов 苏姆 乌兹别克斯坦苏姆",
    "KGS": "сомов 索姆 吉尔吉斯斯坦索姆",
    "TJS": "tjs somoni сомони 索莫尼 塔吉克斯坦索莫尼",
    "TMT": "tmt туркменский_манат туркменских_манат туркменских_манатов turkmen_manat 土库曼斯坦马纳特 土库曼马纳特",
    "AZN": "azn ₼ азербайджанский_манат азербайджанских_манат азербайджанских_манатов azerbaijani_manat 阿塞拜疆马纳特",
    "JPY": "jpy jp¥ yen иена иены иен 日元 日圆 円",
    "KRW": "krw ₩ 韩元 韩圆 韩币",
    "HKD": "hkd hk$ 港元 港币 港幣",
    "TWD": "twd nt$ 新台币 台币",
    "SGD": "sgd sg$ 新加坡元 新元",
    "GBP": "gbp £ sterling pound_sterling pounds_sterling фунт_стерлингов фунтов_стерлингов 英镑",
    "CHF": "chf swiss_franc swiss_francs швейцарский_франк швейцарских_франков 瑞士法郎 瑞郎",
    "INR": "inr ₹ indian_rupee indian_rupees индийских_рупий 印度卢比",
    "PKR": "pkr pakistani_rupee pakistani_rupees пакистанских_рупий 巴基斯坦卢比",
    "TRY": "₺ lira турецких_лир 土耳其里拉",
    "GEL": "₾ лари 拉里",
    "AMD": "amd ֏ драмов 德拉姆",
    "UAH": "uah ₴ hryvnia гривна гривны гривен грн 格里夫纳",
    "MNT": "mnt ₮ tugrik тугрик тугриков 图格里克",
    "AFN": "afn afghani афгани 阿富汗尼",
    "IRR": "irr iranian_rial iranian_rials иранских_риалов 伊朗里亚尔",
    "AED": "aed",
    "SAR": "sar 沙特里亚尔",
    "AUD": "aud a$ au$ 澳元 澳大利亚元",
    "CAD": "cad c$ ca$ 加元 加拿大元",
    "NZD": "nzd nz$ 新西兰元",
    "THB": "thb ฿ baht 泰铢",
    "VND": "vnd ₫ 越南盾",
    "MYR": "myr 林吉特",
    "IDR": "idr 印尼盾",
    "PHP": "php 菲律宾比索",
    "BRL": "brl r$ 雷亚尔",
    "MXN": "mxn 墨西哥比索",
    "ZAR": "zar 兰特",
    "PLN": "pln zloty злотых 兹罗提",
    "CZK": "czk 捷克克朗",
    "SEK": "sek 瑞典克朗",
    "NOK": "nok 挪威克朗",
    "DKK": "dkk 丹麦克朗",
    "HUF": "huf 福林",
    "ILS": "ils ₪ 谢克尔",
    "EGP": "egp 埃及镑",
    "KWD": "kwd",
    "QAR": "qar",
    "BDT": "bdt",
    "LKR": "lkr",
    "MDL": "mdl",
}
# A dollar is the American one unless something beside it says another; 元 is China's unless a country stands before it.
_WEAK_CURRENCIES: Final = {"USD": "$", "CNY": "元 圆"}
# Words of other meanings too: `сум.` is short for a sum, `сом` a fish, `try` and `gel` are English.
_SHORT_CURRENCIES: Final = {
    "UZS": "сум сума сумы сўм",
    "KGS": "som soms сом сома сомы",
    "RUB": "р",
    "CNY": "块",
    "TRY": "try tl лира лиры лир",
    "GEL": "gel lari",
    "AMD": "dram драм драма",
    "KRW": "won вон",
    "THB": "бат батов",
    "RON": "ron",
}
# Known to stand beside amounts, but of several countries: nothing is claimed.
_OF_SEVERAL: Final = "¥ манат маната манатов manat manats 马纳特 у_е"
# Money to one reader and weight to another: what stands in the column tells.
_MONEY_OR_WEIGHT: Final = {"kgs": ("KGS", "kg"), "pound": ("GBP", "lb"), "pounds": ("GBP", "lb")}
_THOUSAND_ROUBLES: Final = "т_р т_руб"
_WEIGHTS: Final = {
    "kg": "kg kgm kilo kilos kilogram kilograms kilogramme kilogrammes кг килограмм килограмма килограммов"
    " килограммах 千克 公斤",
    "t": "ton tons tonne tonnes mt tne metric_ton metric_tons metric_tonne metric_tonnes тонна тонны тонн тоннах тн"
    " 吨 公吨 噸",
    "g": "gram grams gramme grammes грамм грамма граммов",
    "mg": "milligram milligrams миллиграмм 毫克",
    "q": "quintal quintals центнер центнера центнеров",
    "jin": "市斤",
    "lb": "lb lbs lbr 磅",
    "oz": "oz ounce ounces унция унций 盎司",
    "ct": "carat carats карат карата 克拉",
}
_SHORT_WEIGHTS: Final = {"t": "t т", "g": "g gr г гр 克", "q": "ц", "jin": "斤", "mg": "mg мг"}
# What is counted keeps the word the file says; these are listed so that they are told from other words.
_COUNTED: Final = (
    "pc pcs pce piece pieces unit units item items set sets pair pairs pr prs box boxes bag bags carton cartons ctn"
    " ctns pack packs package packages pkg pkgs roll rolls sheet sheets bottle bottles head heads barrel barrels"
    " bbl drum drums bale bales dozen doz gross container containers teu feu vehicle vehicles m m2 m3 sqm cbm l"
    " litre litres liter liters kwh mwh kl ml km short_ton short_tons long_ton long_tons шт штук штука штуки ед"
    " единиц единица компл комплект комплектов пара пары пар уп упак упаковка упаковок кор коробка коробок мешок"
    " мешков ящик ящиков рул рулон рулонов лист листов бут бутылка бутылок гол голов голова бар баррель баррелей"
    " дюжина конт контейнер контейнеров м м2 м3 кв_м куб_м л литр литра литров пог_м 台 个 個 件 辆 輛 套 双 雙 条"
    " 條 只 隻 支 箱 包 袋 张 張 卷 瓶 桶 打 对 對 艘 架 头 根 把 本 份 粒 株 片 枚 组 組 批 米 平方米 立方米 升"
    " 千升 千米 千瓦时 标箱 标准箱 美吨 英吨 克重"
)
_PER_CENT: Final = "% percent pct процент процента процентов проц"


def _listed(text: str) -> list[str]:
    return [name.replace("_", " ") for name in text.split()]


def _words() -> dict[str, Word]:
    words = {name: Word(unit=name, is_short=True) for name in _listed(_COUNTED)}
    words |= {name: Word() for name in _listed(_OF_SEVERAL)}
    words |= {name: Word(is_pct=True) for name in _listed(_PER_CENT)}
    words |= {name: Word(scale=1_000, currency="RUB", is_short=True) for name in _listed(_THOUSAND_ROUBLES)}
    for is_short, scales in ((False, _SCALES), (True, _SHORT_SCALES)):
        words |= {
            name: Word(scale=scale, is_short=is_short) for scale, text in scales.items() for name in _listed(text)
        }
    for is_short, units in ((False, _WEIGHTS), (True, _SHORT_WEIGHTS)):
        words |= {name: Word(unit=unit, is_short=is_short) for unit, text in units.items() for name in _listed(text)}
    for is_short, is_weak, codes in (
        (True, False, _SHORT_CURRENCIES),
        (False, True, _WEAK_CURRENCIES),
        (False, False, _CURRENCIES),
    ):
        words |= {
            name: Word(currency=code, is_weak=is_weak, is_short=is_short)
            for code, text in codes.items()
            for name in _listed(text)
        }
    return words | {name: Word(currency=code, unit=unit) for name, (code, unit) in _MONEY_OR_WEIGHT.items()}


WORDS: Final[Mapping[str, Word]] = _words()

"""Words for people, firms and places; whoever is made of them does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

# (family name, pinyin)
FAMILY_ZH = (
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("黄", "Huang"),
    ("赵", "Zhao"), ("吴", "Wu"), ("周", "Zhou"), ("徐", "Xu"), ("孙", "Sun"), ("马", "Ma"), ("朱", "Zhu"),
    ("胡", "Hu"), ("郭", "Guo"), ("何", "He"), ("林", "Lin"), ("高", "Gao"), ("罗", "Luo"), ("郑", "Zheng"),
    ("梁", "Liang"), ("谢", "Xie"), ("宋", "Song"), ("唐", "Tang"), ("许", "Xu"), ("邓", "Deng"), ("冯", "Feng"),
    ("韩", "Han"), ("曹", "Cao"), ("曾", "Zeng"), ("彭", "Peng"), ("萧", "Xiao"), ("蔡", "Cai"), ("欧阳", "Ouyang"),
)  # fmt: skip
GIVEN_ZH = (
    ("伟", "Wei"), ("芳", "Fang"), ("娜", "Na"), ("敏", "Min"), ("静", "Jing"), ("秀英", "Xiuying"), ("丽", "Li"),
    ("强", "Qiang"), ("磊", "Lei"), ("洋", "Yang"), ("艳", "Yan"), ("勇", "Yong"), ("杰", "Jie"), ("娟", "Juan"),
    ("涛", "Tao"), ("明", "Ming"), ("超", "Chao"), ("秀兰", "Xiulan"), ("霞", "Xia"), ("平", "Ping"), ("刚", "Gang"),
    ("桂英", "Guiying"), ("梓涵", "Zihan"), ("浩宇", "Haoyu"), ("子轩", "Zixuan"), ("雨桐", "Yutong"),
    ("思远", "Siyuan"), ("嘉怡", "Jiayi"), ("一诺", "Yinuo"), ("俊杰", "Junjie"), ("欣怡", "Xinyi"), ("博文", "Bowen"),
    ("晓东", "Xiaodong"), ("建国", "Jianguo"), ("海燕", "Haiyan"), ("雪梅", "Xuemei"), ("文静", "Wenjing"),
)  # fmt: skip
FIRST_WORLD = (
    "Anna", "Ben", "Carla", "David", "Elena", "Felix", "Grace", "Henrik", "Isabel", "James", "Kenji", "Laura", "Marco",
    "Nadia", "Oliver", "Priya", "Quentin", "Rosa", "Samuel", "Tamara", "Ulrich", "Valerie", "William", "Yuki", "Zofia",
)  # fmt: skip
LAST_WORLD = (
    "Andersson", "Baker", "Carter", "Dubois", "Eriksen", "Fischer", "Garcia", "Hughes", "Ivanova", "Jansen", "Kim",
    "Lopez", "Moreau", "Nakamura", "O'Brien", "Patel", "Quinn", "Rossi", "Schneider", "Taylor", "Ueda", "Vos",
    "Weber", "Young", "Zimmermann",
)  # fmt: skip
TRADES_ZH = (
    "家居", "酒店管理", "餐饮", "文化传播", "商贸", "百货", "茶业", "电子商务", "设计", "物业服务", "礼品", "教育科技",
)  # fmt: skip
WORDS_ZH = (
    "和顺", "锦程", "云帆", "明德", "瑞丰", "华悦", "百川", "清源", "安居", "远景", "天禾", "东方", "雅致", "鼎盛",
    "星海", "同福", "万象", "德润", "嘉禾", "金桥",
)  # fmt: skip
WORDS_WORLD = (
    "Northgate", "Blue Harbour", "Maple", "Silverline", "Orchard", "Lighthouse", "Riverside", "Copper", "Juniper",
    "Meridian", "Willow", "Granite", "Amber", "Kestrel", "Hollow Oak",
)  # fmt: skip
TRADES_WORLD = (
    ("Trading Ltd", "GB"), ("Homeware GmbH", "DE"), ("Hotels SARL", "FR"), ("Retail Inc.", "US"),
    ("Living Pte. Ltd.", "SG"), ("Interiors B.V.", "NL"), ("Design K.K.", "JP"), ("Imports Pty Ltd", "AU"),
)  # fmt: skip
STREETS_ZH = (
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "文化路",
    "和平路",
    "长江路",
    "黄河路",
    "新华路",
    "学院路",
    "滨江大道",
)
STREETS_WORLD = (
    "High Street",
    "Station Road",
    "Park Avenue",
    "Mill Lane",
    "Church Street",
    "King Street",
    "Harbour Road",
)
# What people say and write, Chinese and English: each is said in the language of the customer it is about.
Said = tuple[str, str]
JOBS: tuple[Said, ...] = (
    ("采购经理", "Purchasing manager"), ("店长", "Shop manager"), ("行政", "Office manager"),
    ("财务", "Accountant"), ("老板", "Owner"),
)  # fmt: skip
HOLD_REASONS: tuple[tuple[str, Said], ...] = (
    ("address", ("门牌号缺失，已电话联系", "House number missing, customer called")),
    ("payment", ("等待银行到账", "Waiting for the bank transfer")),
    ("fraud", ("收货地址与账单国家不符", "Delivery and billing country differ")),
    ("credit", ("超出信用额度", "Over the credit limit")),
    ("customer", ("客户要求延后发货", "Customer asked to wait")),
    ("price", ("折扣待经理确认", "Discount to be confirmed by the manager")),
    ("quality", ("该批次抽检中", "Batch is being inspected")),
)
CHECKED: Said = ("已核实", "Checked")
CANCEL_REASONS: tuple[Said, ...] = (
    ("客户不再需要", "No longer wanted"), ("拍错规格", "Wrong option chosen"), ("重复下单", "Ordered twice"),
    ("等待太久", "Waited too long"), ("别处更便宜", "Cheaper elsewhere"),
)  # fmt: skip
RETURN_REASONS: tuple[Said, ...] = (
    ("尺寸不合适", "Wrong size"), ("运输破损", "Damaged on the way"), ("与描述不符", "Not as described"),
    ("不喜欢", "Not liked"), ("发错商品", "Wrong item sent"),
)  # fmt: skip
GIFT_WRAP: Said = ("礼品包装", "Gift wrapping")
NOTES: tuple[Said, ...] = (
    ("请在工作日送货。", "Please deliver on a weekday."), ("请用礼品包装。", "Gift wrapping, please."),
    ("放门卫处。", "Leave at the gate."), ("需要增值税发票。", "VAT invoice needed."),
    ("送货前请打电话。", "Call before delivery."),
)  # fmt: skip
# What customers ask while they wait, and what is answered.
QUESTIONS: tuple[tuple[Said, Said], ...] = (
    (("请问我的包裹到哪里了？", "Where is my parcel?"),
     ("已在派送途中，最迟明天送达。", "It is out for delivery and will be with you tomorrow at the latest.")),
    (("可以改送到公司吗？", "Can it be delivered to my office instead?"),
     ("已经发出，无法改地址；可以请快递放在驿站代收。",
      "It has left already; the carrier can hold it at a pick-up point for you.")),
    (("发票会随货寄出吗？", "Is the invoice in the parcel?"),
     ("电子发票在签收后发到您的邮箱。", "It comes by e-mail once the parcel is delivered.")),
)  # fmt: skip
# What customers write beside the stars they give.
COMMENTS: dict[int, tuple[Said, ...]] = {
    5: (("包装仔细，送得很快。", "Carefully packed and quick."), ("和图片一样，很喜欢。", "Just like the picture, I love it."),
        ("第二次买了，品质稳定。", "My second order, as good as the first."),
        ("客服很耐心。", "Very helpful when I had a question.")),
    4: (("东西不错，快递慢了一天。", "Good, but a day late."), ("颜色比图片略深。", "A little darker than in the picture."),
        ("物有所值。", "Good value.")),
    3: (("还可以，盒子压扁了。", "All right; the box was crushed."), ("比想象的小。", "Smaller than I thought.")),
    2: (("少了一个配件，补寄等了一周。", "A part was missing and took a week to arrive."),
        ("有一道划痕。", "It came with a scratch.")),
    1: (("到货时已经碎了。", "It arrived broken."), ("等了三个星期。", "I waited three weeks.")),
}  # fmt: skip
# What the sales manager asks the clerks to do.
TASKS: tuple[Said, ...] = (
    ("确认收货时间", "Confirm the delivery time"), ("补开增值税专用发票", "Send the VAT invoice"),
    ("回访上次的破损", "Ask about the damage of last time"), ("核对发票抬头", "Check the name on the invoice"),
)  # fmt: skip
# (name, letters that its tracking numbers begin with)
CARRIERS_CN = (("顺丰速运", "SF"), ("中通快递", "ZT"), ("京东物流", "JD"), ("中国邮政", "EM"))
CARRIERS_WORLD = (("DHL Express", "DH"), ("FedEx", "FE"), ("UPS", "UP"))


def said_to(country: str, words: Said) -> str:
    """In the language of who lives there."""
    return words[0] if country == "CN" else words[1]


@dataclass(frozen=True)
class City:
    zh: str
    region: str
    district: str
    postcode: str


CITIES_CN = (
    City("上海市", "上海市", "徐汇区", "200030"), City("北京市", "北京市", "朝阳区", "100020"),
    City("广州市", "广东省", "天河区", "510620"), City("深圳市", "广东省", "南山区", "518052"),
    City("杭州市", "浙江省", "西湖区", "310013"), City("成都市", "四川省", "武侯区", "610041"),
    City("武汉市", "湖北省", "江汉区", "430022"), City("南京市", "江苏省", "鼓楼区", "210009"),
    City("西安市", "陕西省", "雁塔区", "710061"), City("重庆市", "重庆市", "渝中区", "400010"),
    City("苏州市", "江苏省", "姑苏区", "215005"), City("青岛市", "山东省", "市南区", "266071"),
    City("长沙市", "湖南省", "岳麓区", "410006"), City("厦门市", "福建省", "思明区", "361001"),
    City("昆明市", "云南省", "五华区", "650031"), City("哈尔滨市", "黑龙江省", "南岗区", "150001"),
)  # fmt: skip
# (city, region, postcode, country, calling code, currency the customer thinks in)
CITIES_WORLD = (
    ("London", "England", "SE1 9GF", "GB", "+44 20"), ("Manchester", "England", "M1 4BT", "GB", "+44 161"),
    ("Berlin", "Berlin", "10115", "DE", "+49 30"), ("Hamburg", "Hamburg", "20095", "DE", "+49 40"),
    ("Paris", "Île-de-France", "75011", "FR", "+33 1"), ("Lyon", "Rhône", "69002", "FR", "+33 4"),
    ("New York", "NY", "10013", "US", "+1 212"), ("Seattle", "WA", "98101", "US", "+1 206"),
    ("Singapore", "Singapore", "049315", "SG", "+65 6"), ("Amsterdam", "Noord-Holland", "1012 AB", "NL", "+31 20"),
    ("Osaka", "Osaka", "530-0001", "JP", "+81 6"), ("Melbourne", "VIC", "3000", "AU", "+61 3"),
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What names are put together from. The company of the tour needs few; a hundred thousand customers need many."""

    given: Sequence[tuple[str, str]] = GIVEN_ZH
    last: Sequence[str] = LAST_WORLD
    firms: Sequence[str] = WORDS_ZH
    firms_world: Sequence[str] = WORDS_WORLD


# Syllables of given names, and of the names of firms, that go together in any order.
_GIVEN = (
    ("安", "an"), ("宝", "bao"), ("晨", "chen"), ("丹", "dan"), ("恩", "en"), ("凡", "fan"), ("海", "hai"),
    ("涵", "han"), ("佳", "jia"), ("锦", "jin"), ("景", "jing"), ("可", "ke"), ("兰", "lan"), ("乐", "le"),
    ("林", "lin"), ("鹿", "lu"), ("曼", "man"), ("梦", "meng"), ("宁", "ning"), ("沛", "pei"), ("琪", "qi"),
    ("清", "qing"), ("然", "ran"), ("瑞", "rui"), ("诗", "shi"), ("书", "shu"), ("天", "tian"), ("彤", "tong"),
    ("婉", "wan"), ("希", "xi"), ("晓", "xiao"), ("心", "xin"), ("轩", "xuan"), ("雅", "ya"), ("言", "yan"),
    ("逸", "yi"), ("远", "yuan"), ("月", "yue"), ("泽", "ze"), ("志", "zhi"), ("子", "zi"), ("卓", "zhuo"),
)  # fmt: skip
_FIRM = "安邦百博昌承诚德鼎东丰福广海瀚恒宏华汇嘉金锦景聚凯康隆茂美铭荣瑞森盛泰腾同万祥鑫信兴永誉源正中"
_BEFORE = (
    "Birch", "Black", "Bright", "Cedar", "Clear", "Cold", "Crest", "East", "Elm", "Fair", "Fern", "Gold", "Green",
    "Hart", "High", "Iron", "Lake", "Long", "Moon", "Oak", "Pine", "Red", "Rose", "Sea", "Stone", "Sun", "West",
    "White", "Wild", "Winter",
)  # fmt: skip
_AFTER = (
    "bank", "bridge", "brook", "bury", "cliff", "dale", "field", "ford", "gate", "grove", "ham", "haven", "hill",
    "holm", "hurst", "land", "mere", "mont", "moor", "port", "ridge", "shore", "stead", "ton", "view", "water",
    "well", "wick", "wood", "worth",
)  # fmt: skip


@cache
def many_words() -> Words:
    given = [(a + b, f"{latin}{other}".capitalize()) for (a, latin), (b, other) in product(_GIVEN, _GIVEN) if a != b]
    places = [before + after for before, after in product(_BEFORE, _AFTER)]
    return Words(
        given=(*GIVEN_ZH, *given),
        last=(*LAST_WORLD, *places),
        firms=(*WORDS_ZH, *(a + b for a, b in product(_FIRM, _FIRM) if a != b)),
        firms_world=(*WORDS_WORLD, *places),
    )


# (code, Chinese, English) of the lines a product comes in when the catalogue is large.
COLLECTIONS = (
    ("SJ", "山居", "Mountain Home"), ("CW", "晨雾", "Morning Mist"), ("YS", "云水", "Cloud and Water"),
    ("MY", "暮野", "Dusk Meadow"), ("QL", "青岚", "Blue Haze"), ("BH", "北海", "North Sea"),
    ("NF", "南风", "South Wind"), ("XH", "星河", "River of Stars"), ("SY", "霜叶", "Frost Leaf"),
    ("TY", "桃源", "Peach Garden"), ("MS", "墨石", "Ink Stone"), ("BS", "白沙", "White Sand"),
    ("CT", "赤陶", "Terracotta"), ("ZL", "竹里", "In the Bamboo"), ("HT", "荷塘", "Lotus Pond"),
    ("LY", "麓野", "Foothill"), ("GY", "谷雨", "Spring Rain"), ("LD", "立冬", "Early Winter"),
    ("JZ", "江舟", "River Boat"), ("HL", "海蓝", "Sea Blue"), ("SX", "松溪", "Pine Creek"),
    ("YT", "月台", "Moon Terrace"), ("FX", "枫香", "Maple"), ("ML", "茉莉", "Jasmine"),
    ("GB", "戈壁", "Desert"), ("WD", "雾岛", "Misty Isle"), ("CY", "初阳", "First Light"),
)  # fmt: skip
COLLECTION_YEARS = (26, 25, 24, 23)

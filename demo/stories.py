# ruff: noqa: E501 — one need a line reads best, however long its words
"""Needs as neighbours tell them: the cases of the demo. Data only.

Desk: party, economy, public, governance. Channel: visit, desk, wechat, phone, captain, qr, portal, import.
State wanted (states of a case): received, accepted, declined, in_progress, waiting, resolved, confirmed,
reopened, merged, withdrawn. `hours` is how long ago it came in. `helper`: partner kind, department key, council.
"""

from typing import NamedTuple


class Verdict(NamedTuple):
    """What the enterprise itself said: solved or not, one to five, in its own words."""

    solved: bool
    stars: int
    words: str


class Story(NamedTuple):
    title: str
    words: str
    desk: str
    channel: str
    hours: int
    state: str
    firm: str = ""  # short name; empty: any enterprise
    owner: str = ""  # staff name; empty: by desk
    helper: str = ""
    verdict: Verdict | None = None
    confidential: bool = False


def _ok(stars: int, words: str) -> Verdict:
    return Verdict(True, stars, words)


E, P, G, D = "economy", "public", "governance", "party"
_ROWS: tuple[tuple, ...] = (
    # open and urgent, as on the workbench of the design
    ("尾款 38 万拖了五个月，想走支付令", "项目验收都签字了，对方一直说在走流程。聊天记录和对账单我们都有，请律师看看怎么办快。", E, "visit", 90, "in_progress", "云图数视", "林知夏", "law"),
    ("两名员工社保断缴，要开补缴证明", "换代账公司时漏了两个月，员工要落户，急着用证明。", P, "wechat", 74, "in_progress", "禾一生物", "周予安", "renshe"),
    ("楼道堆放纸箱堵住消防通道", "五楼东头楼道全是隔壁的快递纸箱，消防门都推不开，说了两回没人搬。", G, "captain", 57, "in_progress", "拓源电子", "郑远舟"),
    ("高企复审材料缺专项审计报告", "复审月底截止，去年那家事务所不做了，想找一家能接得上的。", E, "desk", 99, "in_progress", "程岳机器人", "林知夏", "accounting"),
    ("子女转学，对口学校学位怎么落实", "老家转过来读三年级，租房合同和居住证都有，学校说要等通知。", P, "wechat", 46, "in_progress", "衡图软件", "方棠", "jiaoyu"),
    ("外卖集中取餐点位协商会定时间", "园区不让外卖上楼，员工中午下楼排队二十分钟。想装几组取餐柜，放哪儿、谁出钱，请园治会坐下来谈。", G, "captain", 43, "in_progress", "利泽科技园运营", "郑远舟", "council"),
    ("专利质押贷款想找银行对接", "手里六件发明专利，想贷 300 万备料，不知道评估找谁。", E, "visit", 41, "accepted", "矩石传感", "林知夏", "finance"),
    ("新设企业首访：确认注册地与实际办公一致", "刚搬进来，执照地址还是原来的众创空间，要不要变更？", E, "visit", 37, "received", "微澜智能", "许亦辰"),
    ("夜间空调停供，研发加班受影响", "晚上八点一到中央空调就停，实验设备热得报警，能不能按楼层延时？", G, "phone", 32, "in_progress", "星野光电", "何景澄"),
    ("退租押金 6 万扣着不退", "上一个办公室退租三个月了，房东说墙面没复原，押金不给。", G, "visit", 30, "in_progress", "半亩设计", "何景澄", "law"),
    ("外骨骼想找能试用的地方", "样机做出来了，想请残联和医院康复科试穿。上回公安的机器狗巡逻队来看过，能不能再牵个线？", E, "visit", 28, "in_progress", "步衡外骨骼", "许亦辰", "canlian"),
    ("应届生落户补贴材料预审", "今年招了 11 个应届生，补贴材料怕填错，想先给看一遍。", P, "portal", 26, "accepted", "云图数视", "沈若晴", "renshe"),
    ("地下车库月卡排队两个月了", "二十个人只有三张月卡，晚到的都停路边，天天贴条。", G, "qr", 25, "received"),
    ("办公室漏水，物业和楼上互相推", "卫生间顶上滴水，服务器就在旁边。物业说是楼上装修的事，楼上说是管道老化。", G, "qr", 22, "accepted"),
    ("想租 300 平方带卸货口的小厂房", "样机要小批量装配，现在的写字楼不让进叉车。预算每平方一块五。", E, "wechat", 21, "in_progress"),
    ("货车限行，早上进不来", "供货的 4.2 米货车早高峰进不了园区，能办通行证吗？", G, "phone", 20, "accepted", "", "", "gongan"),
    ("体检想统一约到家门口", "四十来个人，能不能请社区卫生服务中心上门做年度体检？", P, "portal", 18, "received", "", "", "weijian"),
    ("党员组织关系转不进来", "新来的三名党员关系还在学校，系统里找不到我们支部。", D, "wechat", 16, "in_progress", "衡图软件", "苏念禾"),
    ("想要一间周三晚上的会议室", "十五个人的技术分享，两小时，有投影就行。", D, "portal", 15, "received"),
    ("融资路演缺个能讲清楚的人", "下个月见投资人，商业计划书改了八版还是说不清，想请导师听一遍。", E, "visit", 14, "accepted", "", "", "finance"),
    ("员工说公司拖欠两个月工资", "不想让公司知道是我说的。工资拖了两个月，说下个月一起发。", G, "qr", 12, "in_progress", "", "何景澄", "law", None, True),
    ("网络老断，三家运营商都说不归他管", "楼里只通了一家宽带，掉线就全公司停工。", G, "wechat", 11, "received"),
    ("研发费用加计扣除口径拿不准", "委外研发那部分按多少算，会计和税务软件算得不一样。", E, "phone", 9, "accepted", "", "", "tax"),
    ("门口路灯坏了一排", "加班走到地铁口那段全黑，女同事不敢一个人走。", G, "qr", 7, "received"),
    ("想报省专精特新，帮看够不够格", "营收 5,200 万，研发占 9%，发明专利四件，差在哪儿？", E, "portal", 5, "received", "矩石传感"),
    ("执照换证要跑几趟", "法定代表人变更，线上提交被退回两次，看不懂退回理由。", P, "desk", 3, "received"),
    # waiting for the enterprise
    ("人才公寓申请缺劳动合同", "两名博士申请人才公寓，合同是电子签的，系统不认。", P, "portal", 120, "waiting", "禾一生物", "沈若晴"),
    ("商标被人抢注，想提异议", "快递箱上印了三年的标，上个月被别人公告了。", E, "desk", 140, "waiting", "", "", "ip"),
    ("环评手续要补哪些", "实验室废液一个月不到二十升，要不要做环评？", E, "visit", 168, "waiting", "汀禾生物"),
    ("班车想和隔壁园区拼", "一趟坐不满，拼车的话两家都省。请先给个人数和路线。", D, "captain", 190, "waiting"),
    # answered, the enterprise has not said yet
    ("入驻手续十天能办完吗", "从上海搬过来，执照、税务、社保、银行一起办，想要一张清单。", E, "desk", 260, "resolved", "微澜智能", "陆可彦"),
    ("充电桩坏了三个没人修", "B2 层六个桩坏三个，报修电话打不通。", G, "qr", 150, "resolved"),
    ("食堂想进楼，证照怎么办", "园区想引进一家食堂，食品经营许可的面积要求是多少？", P, "captain", 210, "resolved"),
    ("电梯早高峰等二十分钟", "三部电梯坏一部，九点前排到大门口。", G, "wechat", 130, "resolved"),
    ("招一个会焊接的实验员", "招聘网上挂了一个月没人投，职业学校有没有对口的？", P, "visit", 240, "resolved", "", "", "renshe"),
    ("想知道知识产权证券化怎么参加", "听说园区里有企业把专利打包发了证券，门槛高不高？", E, "portal", 230, "resolved", "星野光电", "", "ip"),
    ("篮球联赛还能补报一个队吗", "刚凑齐八个人，报名昨天截止了。", D, "wechat", 100, "resolved"),
    # closed with the enterprise's own verdict
    ("40 多笔工程尾款要不回来", "一共四十三笔，最小的八千，最大的十二万，都是熟人，不好意思打官司。", E, "visit", 1900, "confirmed", "拓源电子", "林知夏", "law", _ok(5, "顾律师教我们怎么固定聊天记录，已经回来二十二笔了。")),
    ("暑期托管还有名额吗", "两个孩子，一个七岁一个九岁，七月中旬开始。", D, "wechat", 3100, "confirmed", "衡图软件", "苏念禾", "", _ok(5, "孩子天天不肯回家，谢谢叶老师。")),
    ("共享菜地想认一块", "同事们想种点番茄，十六家里还有空地吗？", D, "portal", 4200, "confirmed", "半亩设计", "", "", _ok(4, "地小了点，但大家挺高兴。")),
    ("高新技术企业第一次申报", "第一次报，知识产权和研发台账怎么对应？", E, "desk", 2600, "confirmed", "微澜智能", "林知夏", "accounting", _ok(5, "贺会计陪我们对了三遍，一次过。")),
    ("劳动仲裁要不要请律师", "一名离职员工要双倍工资，合同确实签晚了。", G, "phone", 1500, "confirmed", "", "", "law", _ok(4, "调解了，比打官司省心。")),
    ("跨境电商退税卡了一个季度", "二季度退税一直是审核中，问了都说等。", E, "visit", 1700, "confirmed", "", "", "tax", _ok(4, "材料补对了，十天到账。")),
    ("隔壁装修电钻从早响到晚", "客户来开会听不清说话，能不能错开时间？", G, "qr", 700, "confirmed", "", "", "", _ok(3, "时间是改了，偶尔还会响。")),
    ("机器狗想找巡逻场景", "四足机器人想在园区试夜间巡逻，要报备吗？", E, "visit", 2200, "confirmed", "程岳机器人", "许亦辰", "gongan", _ok(5, "公安的同志来看了两回，现在真用上了。")),
    ("员工相亲活动男女比例差太多", "我们公司二十八个男的，能不能跟隔壁生物公司一起办？", D, "wechat", 1300, "confirmed", "", "叶清澄", "", _ok(5, "成了一对。")),
    ("开户银行要求上门核实，约不到人", "基本户开不了，税务也卡着。", E, "phone", 900, "confirmed", "", "", "finance", _ok(5, "下午就来了。")),
    ("实验室危废没人收", "攒了两桶废溶剂，问了三家都嫌少。", G, "visit", 1100, "confirmed", "禾一生物", "", "", _ok(4, "跟隔壁几家拼着收，便宜一半。")),
    ("残疾人就业保障金怎么减免", "去年招了一名听障员工，系统里没认。", P, "desk", 1400, "confirmed", "岚序软件", "", "canlian", _ok(4, "认了，退回来一万二。")),
    ("外卖柜装了，柜门老卡住", "三号柜那几格一到饭点就打不开。", G, "captain", 620, "confirmed", "", "", "council", _ok(4, "换了锁，现在好用。")),
    ("专利年费忘交了还能恢复吗", "两件发明过了滞纳期，代理机构换人没通知。", E, "wechat", 1000, "confirmed", "蘅芷光电", "", "ip", _ok(5, "恢复了，吓出一身汗。")),
    ("总部想搬回来，看看有没有整层", "三年前搬去滨江，老员工都住这边，想搬回来要两千平方。", E, "visit", 3600, "confirmed", "砚山云控", "陈望川", "", _ok(5, "搬回来了，还是这里熟。")),
    ("医疗器械注册想问问流程", "二类证，体系考核要准备多久？", E, "portal", 1250, "confirmed", "稷舟医疗", "", "weijian", _ok(3, "讲得清楚，就是等了一周。")),
    ("新材料中试场地要加固楼板", "设备一吨八，物业说楼板承重不够。", G, "visit", 1600, "confirmed", "栖澜新材", "", "", Verdict(False, 2, "结论是不能放，也只能认了。")),
    ("发票额度不够用", "月底总不够开，提额申请被退。", E, "desk", 820, "confirmed", "", "", "tax", _ok(5, "当天就批了。")),
    ("周三荟能不能办一场开源夜话", "想分享我们的数据库内核，大概四十人。", D, "portal", 980, "confirmed", "衡图软件", "", "", _ok(5, "来了六十多人，坐不下。")),
    # came back, turned away, taken back
    ("楼顶设备噪声还是没降下来", "上回说换了减振垫，安静了三天又响了。", G, "qr", 400, "reopened", "", "", "", Verdict(False, 1, "没解决，晚上还是嗡嗡响。")),
    ("停车费涨价没商量过", "通知贴出来第二天就涨，能不能请物业说明一下？", G, "captain", 500, "reopened", "", "", "council", Verdict(False, 2, "只贴了张说明，没人来谈。")),
    ("想让社区出面介绍政府订单", "我们的软件比别家好，能不能直接定我们？", E, "phone", 600, "declined"),
    ("个人买房贷款能帮忙吗", "首付差一点，社区能不能担保？", P, "wechat", 650, "declined"),
    ("五楼消防通道又堆满了", "和上次说的是同一个地方。", G, "qr", 50, "merged", "拓源电子"),
    ("会议室投影坏了", "刚才试了一下又好了，不用来了。", D, "portal", 300, "withdrawn"),
    ("隔壁想收购我们，条款看不懂", "对赌那几条请律师讲讲，我们还没想好卖不卖。", E, "visit", 35, "accepted", "", "", "law"),
    ("地铁口共享单车堵住人行道", "早上推着婴儿车和轮椅都过不去。", G, "qr", 64, "in_progress"),
)  # fmt: skip
STORIES = tuple(Story(*row) for row in _ROWS)

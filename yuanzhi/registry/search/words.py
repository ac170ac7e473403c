"""Two lists of words, as plain text."""

# What follows the brand in a name: general vocabulary; the earliest of them ends the brand.
TRADES = """
科技 技术 信息 网络 软件 数据 智能 智慧 数字 数码 电子 电商 互联网 物联网 区块链 人工智能 云计算 计算机
电脑 通信 通讯 电信 移动通信 光电 光学 半导体 集成电路 微电子 芯片 传感 仪器 仪表 自动化 机器人 机电
机械 机床 设备 装备 器械 器材 精密 模具 轴承 五金 工具 电器 电气 电机 电力 电缆 电梯 线缆 照明 灯饰 能源
新能源 光伏 太阳能 环保 环境 节能 生态 检测 检验 认证 材料 新材料 化工 化学 化纤 塑料 塑胶 塑业 塑化
橡胶 橡塑 涂料 染料 助剂 玻璃 陶瓷 水泥 石材 钢铁 钢材 钢管 钢结构 不锈钢 金属 有色 铝业 铜业 管业 泵业
阀门 门窗 建材 建筑 建设 工程 安装 装饰 装潢 装修 市政 园林 景观 绿化 园艺 勘察 测绘 监理 造价 设计 规划
房地产 房产 地产 置业 物业 租赁 仓储 物流 货运 客运 运输 快递 速递 供应链 航空 航运 交通 出租 汽车 汽配
车业 石油 石化 燃气 燃料 加油 贸易 商贸 经贸 工贸 外贸 进出口 物资 百货 超市 连锁 便利 零售 商业 商务
商场 市场 商店 供销 销售 经营 代理 拍卖 典当 纺织 织造 针织 针纺 轻纺 印染 染整 丝绸 服装 服饰 制衣 时装
羽绒 家纺 布业 布艺 鞋业 皮革 箱包 饰品 花边 食品 粮油 饮料 酒业 茶叶 茶业 蔬菜 水果 副食品 农副产品
农产品 农业 农资 农机 林业 渔业 水产 养殖 畜牧 畜禽 饲料 种业 种植 果业 竹业 木业 家具 家居 家私 家电
厨具 卫浴 日用品 用品 制品 工艺品 工艺 礼品 玩具 文具 珠宝 首饰 眼镜 钟表 化妆品 包装 彩印 印刷 印务
印业 纸业 纸箱 造纸 医药 药业 药房 药店 大药房 医疗 医院 诊所 门诊 口腔 健康 养老 护理 生物 制药 基因
美容 美发 美业 文化 传媒 传播 影视 影业 影剧 动漫 游戏 艺术 广告 策划 创意 品牌 会展 展览 会议 图书 书店
出版 体育 健身 娱乐 旅游 旅行社 国际旅行社 酒店 大酒店 宾馆 饭店 餐饮 餐厅 饮食 培训 教育 学校 幼儿园
人力资源 劳务 家政 保洁 保安 咨询 顾问 管理 企业 服务 信息咨询 财务 税务 会计 审计 律师 知识产权 专利
商标 投资 基金 股权 创业 资本 资产 控股 金融 银行 农村商业银行 信用社 保险 证券 期货 担保 信托 小额贷款
融资 经纪 实业 产业 工业 制造 加工 生产 开发 发展 研究 研发 回收 再生 修理 维修 修配 配件 部件 铸造 锻造
重工 特种 专业合作社 经济合作社 集团 有限 股份 总公司 公司 中心 工厂 商行 经营部 分公司 办事处 国际
"""

# The syllables of Mandarin without tones, ü as v; lue and nue are how lüe and nüe are often typed.
SYLLABLES = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce
cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun
chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu
dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge
gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu
hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan
kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li
lia lian liang liao lie lin ling liu lo long lou lu luan lue lun luo lv lve ma mai man mang mao me mei
men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao
nie nin ning niu nong nou nu nuan nue nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie
pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren
reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei
shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai
tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng
wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo
yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen
zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""

"""The 100 townships, towns and streets (乡镇、街道) of Quzhou (GB/T 10114, statistical division codes of 2023).

A code is the county's (GB/T 2260) and three digits. Management areas that are no divisions have none.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Township:
    code: str
    zh: str

    @property
    def county(self) -> str:
        return self.code[:6]


_BY_COUNTY: Mapping[str, str] = {
    "330802": "005 新新街道, 006 府山街道, 007 荷花街道, 008 信安街道, 009 白云街道, 010 双港街道, 012 衢化街道, "
    "013 花园街道, 100 石梁镇, 101 航埠镇, 205 黄家乡, 209 七里乡, 210 九华乡, 211 沟溪乡, 212 华墅乡, 213 姜家山乡, "
    "214 万田乡, 215 石室乡",
    "330803": "001 樟潭街道, 002 浮石街道, 100 上方镇, 101 峡川镇, 103 莲花镇, 109 全旺镇, 110 大洲镇, 111 后溪镇, "
    "112 廿里镇, 113 湖南镇, 114 高家镇, 115 杜泽镇, 200 灰坪乡, 202 太真乡, 203 双桥乡, 206 周家乡, 207 云溪乡, "
    "213 举村乡, 218 岭洋乡, 219 黄坛口乡",
    "330822": "001 天马街道, 002 紫港街道, 003 金川街道, 104 白石镇, 108 招贤镇, 109 青石镇, 111 球川镇, 115 辉埠镇, "
    "116 芳村镇, 200 何家乡, 211 同弓乡, 213 大桥头乡, 219 新昌乡, 221 东案乡",
    "330824": "106 桐村镇, 107 杨林镇, 108 苏庄镇, 109 齐溪镇, 113 村头镇, 115 华埠镇, 116 马金镇, 117 池淮镇, "
    "202 中村乡, 205 长虹乡, 208 何田乡, 216 林山乡, 217 音坑乡, 218 大溪边乡",
    "330825": "001 龙洲街道, 002 东华街道, 101 湖镇镇, 102 小南海镇, 106 詹家镇, 109 溪口镇, 110 横山镇, 111 塔石镇, "
    "201 罗家乡, 203 庙下乡, 207 石佛乡, 209 社阳乡, 211 大街乡, 212 沐尘畲族乡, 213 模环乡",
    "330881": "001 双塔街道, 002 虎山街道, 003 清湖街道, 102 四都镇, 105 坛石镇, 106 大桥镇, 109 新塘边镇, "
    "112 廿八都镇, 113 长台镇, 116 上余镇, 118 凤林镇, 119 峡口镇, 120 石门镇, 121 贺村镇, 201 大陈乡, 203 碗窑乡, "
    "207 保安乡, 213 塘源口乡, 214 张村乡",
}
TOWNSHIPS: Mapping[str, Township] = {
    township.code: township
    for county, rows in _BY_COUNTY.items()
    for township in (Township(county + row[:3], row[4:]) for row in rows.split(", "))
}

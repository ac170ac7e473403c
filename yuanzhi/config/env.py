"""Typed environment: every setting a deployer may give, read once, documented in docs/settings.md."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


@dataclass(frozen=True)
class Env:
    """What the surroundings decide. Each field is read from the variable named in its metadata."""

    home: Path = field(
        default=ROOT / "var", metadata={"env": "YUANZHI_HOME", "help": "数据目录：数据库、附件、密钥、备份"}
    )
    database_url: str = field(
        default="", metadata={"env": "DATABASE_URL", "help": "PostgreSQL 地址；留空用数据目录里的 SQLite"}
    )
    debug: bool = field(default=False, metadata={"env": "YUANZHI_DEBUG", "help": "开发时显示出错细节"})
    secret_key: str = field(
        default="", metadata={"env": "YUANZHI_SECRET_KEY", "help": "签名密钥；留空则自动生成并存入数据目录"}
    )
    hosts: tuple[str, ...] = field(
        default=("127.0.0.1", "localhost", "[::1]"),
        metadata={"env": "YUANZHI_HOSTS", "help": "允许访问的域名，逗号分隔"},
    )
    https: bool = field(default=False, metadata={"env": "YUANZHI_HTTPS", "help": "前面有 HTTPS 时设为 1"})
    sqlite_full_sync: bool = field(
        default=False,
        metadata={
            "env": "YUANZHI_SQLITE_FULL_SYNC",
            "help": "每次提交都落盘：断电也不丢最后几秒，写入慢一些",
        },
    )
    demo: bool = field(
        default=False, metadata={"env": "YUANZHI_DEMO", "help": "登录页显示演示账号；真实社区不要打开"}
    )
    log_json: bool = field(default=False, metadata={"env": "YUANZHI_LOG_JSON", "help": "日志输出为 JSON"})

    @classmethod
    def read(cls, environ: dict[str, str] | None = None) -> Env:
        """Read the variables named in the fields; unset ones keep the default."""
        source = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for item in fields(cls):
            raw = source.get(item.metadata["env"])
            if raw is None:
                continue
            if item.type == "bool":
                values[item.name] = _flag(raw)
            elif item.type == "Path":
                values[item.name] = Path(raw).expanduser().resolve()
            elif item.name == "hosts":
                values[item.name] = _words(raw)
            else:
                values[item.name] = raw
        return cls(**values)  # type: ignore[arg-type]


ENV = Env.read()

"""Helping somebody back in from the console."""

from __future__ import annotations

import argparse
import sys

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused


def recover_factor(args: argparse.Namespace) -> int:
    """Forget an account's authenticator and recovery codes; whoever can run this can read the database."""
    from yuanzhi.accounts.actions import recover_factor as recover
    from yuanzhi.accounts.queries import account_named

    user = account_named(args.username)
    if user is None:
        print(f"没有“{args.username}”这个在用的账号：请写用户名或手机号", file=sys.stderr)
        return 1
    try:
        ended = recover(actor=Actor(name="命令行", is_system=True), user=user)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{user.name}（{user.username}）的两步验证已重置，{ended} 台设备上的登录已退出，历史里记了一笔。")
    print("接下来：用原来的密码登录，管理员会被带去重新设置两步验证；把新的恢复码打印出来收好。")
    print("密码也忘了：请系统管理员在“人员与身份”里给一个一次性密码。")
    return 0

"""Messages with parts that can be pressed. `BUTTONS` are all of them, for the client to listen to."""

from __future__ import annotations

from typing import Any

import discord

from bot.chat.views.alerts import AlertButton, TryAgain
from bot.chat.views.digests import PostNow
from bot.chat.views.editing import EditChannel, EditFilter, EditMention, EditPause, EditPictures, EditStyle
from bot.chat.views.following import ChooseFeed
from bot.chat.views.keywords import AlertMe, KeywordPage
from bot.chat.views.logins import GiveLogin, NewLogin
from bot.chat.views.more import ChangeQuery, ChooseEntry
from bot.chat.views.privacy import DeleteMyData, KeepMyData, ReallyDelete, SendMyData
from bot.chat.views.results import ResultTurn, SearchMeant, ShareResult
from bot.chat.views.settings import ChooseQuietHours, ChooseTimeZone, NoQuietHours, NoticeChannel, ProposedZone
from bot.chat.views.status import Held, Switch
from bot.chat.views.subscriptions import ListPage, PostNewest

BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    AlertButton,
    AlertMe,
    ChangeQuery,
    ChooseEntry,
    ChooseFeed,
    ChooseQuietHours,
    ChooseTimeZone,
    DeleteMyData,
    EditChannel,
    EditFilter,
    EditMention,
    EditPause,
    EditPictures,
    EditStyle,
    GiveLogin,
    Held,
    KeepMyData,
    KeywordPage,
    ListPage,
    NewLogin,
    NoQuietHours,
    NoticeChannel,
    PostNewest,
    PostNow,
    ProposedZone,
    ReallyDelete,
    ResultTurn,
    SearchMeant,
    SendMyData,
    ShareResult,
    Switch,
    TryAgain,
)

"""Telling people of deployments: Slack."""

from onestack.notify.messages import About, Link, Message, failed, started, succeeded, waiting
from onestack.notify.outbox import Outbox
from onestack.notify.settings import NotifySettings, SlackSettings
from onestack.notify.slack import Slack, Told

__all__ = [
    "About",
    "Link",
    "Message",
    "NotifySettings",
    "Outbox",
    "Slack",
    "SlackSettings",
    "Told",
    "failed",
    "started",
    "succeeded",
    "waiting",
]

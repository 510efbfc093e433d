"""Chats of agents: lists of messages as OpenAI and Anthropic take them, shortened so that provider caches stay warm."""

from tamis.prompt.chats.messages import compress_messages
from tamis.prompt.chats.policy import Policy
from tamis.prompt.chats.result import Decision, Messages

__all__ = ["Decision", "Messages", "Policy", "compress_messages"]
